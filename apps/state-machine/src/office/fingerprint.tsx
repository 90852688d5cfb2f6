import { useFingerprint } from './use-fingerprint.js'

/** The state of the office in a few letters: equal on two screens if and only if both have the same. */
export function Fingerprint() {
  const letters = useFingerprint()
  if (letters === undefined) return null
  return (
    <p className="fingerprint" title="Equal on two screens: both have exactly the same history.">
      State <code>{letters}</code>
    </p>
  )
}
