import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'
import { invitations } from './device/invitations.js'
import './styles/index.css'

// Before anything else: there is a secret in the address of an invitation.
const whenTaken = invitations.watch()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element #root')
const reactRoot = createRoot(root)
await whenTaken.catch(reportError)
// Without it the app needs a network to start, and is the same otherwise.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register(`${import.meta.env.BASE_URL}service-worker.js`).catch(() => undefined)
}
reactRoot.render(
  <StrictMode>
    <App />
  </StrictMode>,
)
