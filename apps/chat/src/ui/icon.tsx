const PATHS = {
  back: 'M15 5l-7 7 7 7',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2',
  devices: 'M4 6h11v8H4zM7 18h5M16 10h4v9h-4z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M12 5v14M6 13l6 6 6-6',
  invite:
    'M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 19.5c.5-3.4 3.1-5.2 6.5-5.2 1.6 0 3 .4 4.1 1.1M18 13v6M15 16h6',
  key: 'M8.5 19.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11.4 12.6L19.5 4.5M15.5 8.5l3 3M18 6l2.5 2.5',
  more: 'M12 5.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 17.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z',
  pencil: 'M5 19l.8-3.6L16 5.2a1.7 1.7 0 0 1 2.4 0l.4.4a1.7 1.7 0 0 1 0 2.4L8.6 18.2 5 19z',
  person: 'M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5',
  picture:
    'M5 4.5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM4.5 17l4.7-4.9 3.3 3.3 2.6-2.6 4.6 4.4M15.2 9.6a.6.6 0 1 0 0-1.2.6.6 0 0 0 0 1.2z',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5L20 20',
  send: 'M12 19V5M6 11l6-6 6 6',
  trash: 'M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 10.5v5M13.5 10.5v5',
  leave: 'M14 5H6v14h8M11 12h9M17 8.5l3.5 3.5-3.5 3.5',
} as const

export type IconName = keyof typeof PATHS

/** A line drawing in the colour of the text; what it means is said by the text or label of what it stands in. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
