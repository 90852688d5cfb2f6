/** Runs `task` after so many milliseconds, by the clock of the platform; returns what prevents it. */
export function scheduleTimer(task: () => void, milliseconds: number): () => void {
  const timer = setTimeout(task, milliseconds)
  return () => clearTimeout(timer)
}
