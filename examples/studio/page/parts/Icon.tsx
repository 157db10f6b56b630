/** The pictures of the page: drawn with one pen, 20 by 20, in the colour of the text around them. */
import type { ReactElement } from "react"

const paths = {
  add: <path d="M10 4v12M4 10h12" />,
  refresh: <path d="M15.5 8A6 6 0 1 0 16 11.5M16 4v4h-4" />,
  search: <path d="M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13.2 13.2 17 17" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  check: <path d="m4.5 10.5 3.5 3.5 7.5-8" />,
  dash: <path d="M5 10h10" />,
  up: <path d="M10 16V4.5M5 9l5-5 5 5" />,
  down: <path d="M10 4v11.5M5 11l5 5 5-5" />,
  chevron: <path d="m7.5 5 5 5-5 5" />,
  move: (
    <path d="M3 6.5V15a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 17 15V8a1.5 1.5 0 0 0-1.5-1.5H10L8 4H4.5A1.5 1.5 0 0 0 3 5.5v1ZM8 11.5h5M11 9.5l2 2-2 2" />
  ),
  trash: (
    <path d="M3.5 5.5h13M8 5.5V4a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v1.5M5.5 5.5l.7 10a1.5 1.5 0 0 0 1.5 1.5h4.6a1.5 1.5 0 0 0 1.5-1.5l.7-10M8.5 9v4.5M11.5 9v4.5" />
  ),
  edit: <path d="M4 16h2.5l9-9a1.8 1.8 0 0 0-2.5-2.5l-9 9V16ZM11.5 6 14 8.5" />,
  registered: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m6.8 10.2 2.2 2.2 4.2-4.6" />
    </>
  ),
  unregistered: <circle cx="10" cy="10" r="7" strokeDasharray="2.6 2.9" />,
  missing: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m7.3 7.3 5.4 5.4M12.7 7.3l-5.4 5.4" />
    </>
  ),
  unknown: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M8 8a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M10 13.6v.1" />
    </>
  ),
  included: <path d="M10 2.8 16.3 6v7.8L10 17.2l-6.3-3.4V6L10 2.8ZM3.9 6.1 10 9.4l6.1-3.3M10 9.4v7.6" />,
  excluded: <path d="M10 2.8 16.3 6v7.8L10 17.2l-6.3-3.4V6L10 2.8ZM3 3l14 14" />,
  error: <path d="M7 2.8h6L17.2 7v6L13 17.2H7L2.8 13V7L7 2.8ZM10 6.5v4.2M10 13.4v.1" />,
  warning: <path d="M10 3 2.8 16h14.4L10 3ZM10 8v4M10 14v.1" />,
  info: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 9.2v4.3M10 6.5v.1" />
    </>
  ),
  blocked: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m5.2 5.2 9.6 9.6" />
    </>
  ),
  diverged: (
    <>
      <path d="M10 17v-5.5M10 11.5 5 5.5M10 11.5l5-6" />
      <path d="M5 9V5.5h3.5M15 9V5.5h-3.5" />
    </>
  ),
  draft: <path d="M4 16h2.5l9-9a1.8 1.8 0 0 0-2.5-2.5l-9 9V16ZM11 16h5" />,
  link: (
    <path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.9-2.9a3 3 0 0 0-4.3-4.3l-.9.9M11.5 8.5a3 3 0 0 0-4.3 0l-2.9 2.9a3 3 0 0 0 4.3 4.3l.9-.9" />
  ),
  offline: (
    <path d="M3 3l14 14M6 12.8a5.5 5.5 0 0 1 3.5-1.6M3.5 9.6a9.5 9.5 0 0 1 3.3-2M10 6.5c2.5 0 4.8 1.1 6.5 3.1M10 15.8v.1" />
  ),
  lock: (
    <>
      <rect x="4.5" y="9" width="11" height="7.5" rx="1.5" />
      <path d="M7 9V6.5a3 3 0 0 1 6 0V9" />
    </>
  ),
  play: <path d="M6.5 4.2v11.6l9-5.8-9-5.8Z" fill="currentColor" />,
  pause: <path d="M7 5v10M13 5v10" strokeWidth="2.5" />,
  sound: <path d="M4 8v4h2.5l3.5 3V5L6.5 8H4ZM13 7.5a3.5 3.5 0 0 1 0 5M15 5.5a6.5 6.5 0 0 1 0 9" />,
  palette: (
    <>
      <path d="M10 3a7 7 0 1 0 0 14c1 0 1.5-.7 1.5-1.5 0-1-.8-1.3-.8-2.2 0-.7.6-1.3 1.3-1.3H14a3 3 0 0 0 3-3c0-3.3-3.1-6-7-6Z" />
      <path d="M6.5 10v.1M8 6.8v.1M12 6.5v.1" strokeWidth="2" />
    </>
  ),
  image: (
    <>
      <rect x="3" y="4" width="14" height="12" rx="1.5" />
      <path d="m3.5 14 4-4 3 3 2.5-2.5 3.5 3.5M12.5 7.5v.1" />
    </>
  ),
  file: <path d="M5.5 3H11l3.5 3.5V16a1 1 0 0 1-1 1h-8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM11 3v3.5h3.5" />,
  grip: <path d="M7.5 5.5v.1M12.5 5.5v.1M7.5 10v.1M12.5 10v.1M7.5 14.5v.1M12.5 14.5v.1" strokeWidth="2.2" />,
  sun: (
    <>
      <circle cx="10" cy="10" r="3.5" />
      <path d="M10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M4.7 15.3l1-1M14.3 5.7l1-1" />
    </>
  ),
  moon: <path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z" />,
  system: (
    <>
      <rect x="3" y="4" width="14" height="9.5" rx="1.5" />
      <path d="M7.5 16.5h5" />
    </>
  ),
  clock: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 6v4.2l2.6 1.6" />
    </>
  ),
  folder: (
    <path d="M3 6.5V15a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 17 15V8a1.5 1.5 0 0 0-1.5-1.5H10L8 4H4.5A1.5 1.5 0 0 0 3 5.5v1Z" />
  ),
  undo: <path d="M4 8h8a4 4 0 0 1 0 8H9M4 8l3.5-3.5M4 8l3.5 3.5" />
} as const satisfies Record<string, ReactElement>

/** The name of a picture. */
export type IconName = keyof typeof paths

/** A picture beside a text, which says the same: screen readers leave it out. */
export const Icon = ({ className, name, size = 16 }: {
  readonly name: IconName
  readonly size?: number
  readonly className?: string
}) => (
  <svg
    className={className === undefined ? "icon" : `icon ${className}`}
    width={size}
    height={size}
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {paths[name]}
  </svg>
)
