import { firekeep } from '@firekeep/core'
import { FirekeepProvider } from '@firekeep/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { type Note, Notes } from './notes.js'
import './notes.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element #root')
createRoot(root).render(
  <StrictMode>
    <FirekeepProvider database={firekeep<Note>('notes')}>
      <Notes />
    </FirekeepProvider>
  </StrictMode>,
)
