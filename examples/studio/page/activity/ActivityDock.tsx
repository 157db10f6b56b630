/** What goes on and what was done, as the packer told it. */
import type { FinishedOperation, RunningOperation } from "prometeu-packer/studio"
import { memo } from "react"
import { useLive, useStudio } from "../bridge/react.ts"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { Empty } from "../parts/Notice.tsx"

const icons: Readonly<Record<string, IconName>> = {
  create: "add",
  register: "registered",
  unregister: "unregistered",
  setBuildParticipation: "included",
  updateContract: "edit",
  relocate: "move",
  delete: "trash",
  applyBankComposition: "image",
  batch: "folder",
  open: "folder",
  refresh: "refresh",
  refreshAsset: "refresh",
  publish: "file",
  halt: "lock"
}

const actionNames: Readonly<Record<string, string>> = {
  create: "Create",
  register: "Register",
  unregister: "Unregister",
  setBuildParticipation: "Include or exclude",
  updateContract: "Edit contract",
  relocate: "Relocate",
  delete: "Delete",
  applyBankComposition: "Apply composition",
  batch: "Batch",
  open: "Open the project",
  refresh: "Refresh all",
  refreshAsset: "Refresh",
  publish: "Put files in place",
  halt: "Allow no more changes"
}

/** What the packer says of it, which begins with what it was. */
const withoutAction = (summary: string, action: string): string =>
  summary.startsWith(`${action}: `) ? summary.slice(action.length + 2) : summary

const duration = (ms: number): string => ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

const timeOf = (ms: number): string =>
  new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })

const Running = ({ operation: { progress, summary } }: { readonly operation: RunningOperation }) => {
  const { done = 0, total, unit = "" } = progress ?? {}
  return (
    <li className="running">
      <p>
        <bdi>{summary}</bdi>
      </p>
      <progress aria-label={summary} {...(total === undefined ? {} : { value: done, max: Math.max(total, 1) })} />
      <span className="aside">
        {done.toLocaleString("en")}
        {total === undefined ? " " : ` of ${total.toLocaleString("en")} `}
        {unit}
      </span>
    </li>
  )
}

const Finished = memo(({ operation }: { readonly operation: FinishedOperation }) => {
  const { action, durationMs, result, startedAt, summary } = operation
  const hasFailed = result._tag === "Failed"
  return (
    <li className={hasFailed ? "finished failed" : "finished"}>
      <Icon name={hasFailed ? "error" : icons[action] ?? "check"} />
      <div>
        <p>{actionNames[action] ?? action}</p>
        <p className="why">
          <bdi>{hasFailed ? result.reason : withoutAction(summary, action)}</bdi>
        </p>
        <span className="aside">
          <span className="outcome">{hasFailed ? "Failed" : "Done"}</span>
          <time dateTime={new Date(startedAt).toISOString()}>{timeOf(startedAt)}</time>
          <span>{duration(durationMs)}</span>
        </span>
      </div>
    </li>
  )
})

/** What goes on, with its progress, and what was done, the newest first. */
export const ActivityDock = () => {
  const studio = useStudio()
  const running = useLive(studio.running)
  const { finished, hasGap } = useLive(studio.activity)
  return (
    <aside className="dock" aria-label="Activity">
      <h2>Activity</h2>
      <div className="dock-body">
        {running.length === 0 ? null : (
          <ul className="operations" aria-label="Going on">
            {running.map((operation) => <Running key={operation.operationId} operation={operation} />)}
          </ul>
        )}
        {hasGap
          ? <p className="aside gap">Some operations may be missing: the page was too slow for a moment.</p>
          : null}
        {finished.length === 0 && running.length === 0
          ? (
            <Empty icon="clock" title="Nothing was done yet">
              What anybody does here shows up here, in every window.
            </Empty>
          )
          : (
            <ol className="operations" aria-label="Done">
              {finished.map((operation) => (
                <Finished key={`${operation.openingId}${operation.operationId}`} operation={operation} />
              ))}
            </ol>
          )}
      </div>
    </aside>
  )
}
