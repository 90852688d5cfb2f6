export interface Task {
  state: 'please-run' | 'ran-ok'
  title: string
}
