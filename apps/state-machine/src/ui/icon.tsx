const PATHS = {
  back: 'M15 5l-7 7 7 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  conflict: 'M7 4v6a5 5 0 0 0 5 5 5 5 0 0 0 5-5V4M12 15v5M4 7l3-3 3 3M14 7l3-3 3 3',
  file: 'M7 4h7l4 4v12H7zM14 4v4h4M10 13h5M10 16h5',
  form: 'M6 4h12v16H6zM9 8h6M9 12h6M9 16h3',
  invite:
    'M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 19.5c.5-3.4 3.1-5.2 6.5-5.2 1.6 0 3 .4 4.1 1.1M18 13v6M15 16h6',
  jobs: 'M12 4v3M12 17v3M4 12h3M17 12h3M6.5 6.5l2 2M15.5 15.5l2 2M17.5 6.5l-2 2M8.5 15.5l-2 2M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  pencil: 'M5 19l.8-3.6L16 5.2a1.7 1.7 0 0 1 2.4 0l.4.4a1.7 1.7 0 0 1 0 2.4L8.6 18.2 5 19z',
  person: 'M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5L20 20',
  signed: 'M12 3.5l7 2.5v5.5c0 4.2-2.8 7.4-7 9-4.2-1.6-7-4.8-7-9V6zM8.8 12l2.3 2.3 4.2-4.5',
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
