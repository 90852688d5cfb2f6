/** Why an invitation cannot be used, and what helps. */
export function damageText(isNewer: boolean): string {
  return isNewer
    ? 'A newer version of this app made it. Reload the page to get that version, then open the link again.'
    : 'The link was cut off or mistyped on its way. Ask for it again, and take care to copy the whole of it.'
}
