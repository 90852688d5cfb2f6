import { spawn } from 'node:child_process'
import { toolEnvironment } from './workspace.mjs'

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] where the command runs; default the current folder
 * @property {NodeJS.ProcessEnv} [env] added to the environment of the tools
 * @property {boolean} [show] whether the output goes straight to the terminal instead of being collected
 * @property {number} [timeLimit] milliseconds after which the command is stopped
 */

/**
 * @typedef {object} RunResult
 * @property {number} code the exit code; 1 where the command was stopped or could not be started
 * @property {string} output what it printed, both streams as they came; empty with `show`
 * @property {string} stdout what it printed to the standard output only
 */

/**
 * Runs a command to its end and answers with its exit code and output. Never rejects: a command that cannot be
 * started has the reason as its output. It gets no standard input, so that nothing can wait for an answer.
 *
 * @param {readonly string[]} command the program and its arguments
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run([program, ...args], options = {}) {
  return new Promise(resolve => {
    const child = spawn(String(program), args, {
      cwd: options.cwd,
      env: { ...toolEnvironment(), ...options.env },
      stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
      shell: process.platform === 'win32',
      ...(options.timeLimit === undefined ? {} : { timeout: options.timeLimit }),
    })
    let output = ''
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', text => {
      output += text
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', text => {
      output += text
    })
    child.on('error', error => resolve({ code: 1, output: `${output}${error.message}\n`, stdout }))
    child.on('close', code => resolve({ code: code ?? 1, output, stdout }))
  })
}
