export { type RequestOptions, request } from './request.js'
export {
  type Patch,
  type StateMachine,
  type StateMachineOptions,
  stateMachine,
  type TransitionDatabase,
  type TransitionOptions,
  transition,
} from './state-machine.js'
export { type WorkerDatabase, worker } from './worker.js'
export type {
  JobContext,
  JobResult,
  JobSource,
  Worker,
  WorkerOptions,
  WorkerStats,
} from './worker-types.js'
