/** The bar over everything: which project it is, how it is connected, and what can be done with all of it. */
import { useLive, useStudio } from "../bridge/react.ts"
import { useAsk } from "../commands/Ask.ts"
import { Button } from "../parts/Button.tsx"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { Name } from "../parts/Text.tsx"
import { RefreshAll } from "./RefreshAll.tsx"
import { type Theme, useTheme } from "./theme.ts"

const themeIcons: Readonly<Record<Theme, IconName>> = { system: "system", light: "sun", dark: "moon" }

const Mark = () => (
  <svg className="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    <path d="M12 1.8 21 7v10l-9 5.2L3 17V7l9-5.2Z" fill="currentColor" opacity="0.18" />
    <path
      d="M12 6.5c.8 2.6 4 3.8 4 7.3a4 4 0 0 1-8 0c0-1.4.7-2.3 1.5-3.2.4 1 .9 1.5 1.6 1.7C10.8 10.5 11 8.5 12 6.5Z"
      fill="currentColor"
    />
  </svg>
)

const ConnectionState = () => {
  const { connection, status } = useStudio()
  const { state } = useLive(connection)
  const { _tag } = useLive(status)
  const word = state !== "open" ? "Not connected" : _tag === "read-only" ? "Read-only" : "Connected"
  const icon: IconName = state !== "open" ? "offline" : _tag === "read-only" ? "lock" : "registered"
  return (
    <span className={`connection ${state !== "open" ? "lost" : _tag}`}>
      <Icon name={icon} size={14} />
      {word}
    </span>
  )
}

/** The bar over everything. */
export const TopBar = ({ readOnly }: { readonly readOnly: string | undefined }) => {
  const { connection } = useStudio()
  const { project } = useLive(connection)
  const ask = useAsk()
  const [theme, toggleTheme] = useTheme()

  return (
    <header className="top-bar">
      <div className="brand">
        <Mark />
        <h1>Studio</h1>
        <span className="project">
          <Name text={project.name} />
        </span>
        {project.isDemo ? <span className="badge quiet">Demo</span> : null}
      </div>
      <ConnectionState />
      <div className="top-actions">
        <RefreshAll />
        <Button kind="primary" icon="add" reason={readOnly} onClick={() => ask({ _tag: "Create" })}>New asset</Button>
        <Button
          kind="quiet"
          icon={themeIcons[theme]}
          aria-label={`Theme: ${theme}`}
          title={`Theme: ${theme}`}
          onClick={toggleTheme}
        />
      </div>
    </header>
  )
}
