/** Something a person should know, where it belongs: an icon, a sentence, and what can be done. */
import type { ReactNode } from "react"
import { Icon, type IconName } from "./Icon.tsx"

/** How much it matters. */
export type Tone = "error" | "warning" | "info" | "good"

const icons: Readonly<Record<Tone, IconName>> = { error: "error", warning: "warning", info: "info", good: "registered" }

/** Something a person should know. `live` has screen readers say it when it appears. */
export const Notice = ({ action, children, icon, live = false, title, tone }: {
  readonly tone: Tone
  readonly icon?: IconName
  readonly title?: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly live?: boolean
}) => (
  <div className={`notice ${tone}`} role={live ? "alert" : undefined}>
    <Icon name={icon ?? icons[tone]} />
    <div className="notice-text">
      {title === undefined ? null : <strong>{title}</strong>}
      {children === undefined ? null : <p>{children}</p>}
    </div>
    {action === undefined ? null : <div className="notice-action">{action}</div>}
  </div>
)

/** What is there instead of what a person looks for. */
export const Empty = ({ action, children, icon, title }: {
  readonly icon: IconName
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) => (
  <div className="empty">
    <Icon name={icon} size={32} />
    <h3>{title}</h3>
    {children === undefined ? null : <p>{children}</p>}
    {action}
  </div>
)
