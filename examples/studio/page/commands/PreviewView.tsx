/** What a command would do, before it does it: what stands in the way, what to know, and every change. */
import type { Blocker, FilesystemMutation, Preview, RegistryMutation, Warning } from "prometeu-packer"
import type { ReactNode } from "react"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { bytes, Path } from "../parts/Text.tsx"

const Line = ({ children, icon, kind }: {
  readonly icon: IconName
  readonly kind: "add" | "change" | "remove"
  readonly children: ReactNode
}) => (
  <li className={`change ${kind}`}>
    <Icon name={icon} />
    <span>{children}</span>
  </li>
)

const InRegistry = ({ after, before, kind }: RegistryMutation) => {
  if (kind === "added" && after !== undefined) {
    return (
      <Line icon="add" kind="add">
        Register <Path text={after.root} /> <span className="aside">expected id {after.assetId}</span>
      </Line>
    )
  }
  if (kind === "removed" && before !== undefined) {
    return (
      <Line icon="dash" kind="remove">
        Remove the entry of <Path text={before.root} /> <span className="aside">id {before.assetId}</span>
      </Line>
    )
  }
  if (before === undefined || after === undefined) return null
  return (
    <Line icon="edit" kind="change">
      {before.root === after.root
        ? (
          <>
            Entry of <Path text={after.root} />
          </>
        )
        : (
          <>
            Entry of <Path text={before.root} /> now at <Path text={after.root} />
          </>
        )}
      {before.includedInBuild === after.includedInBuild ?
        null :
        <span className="aside">{after.includedInBuild ? "into the build" : "out of the build"}</span>}
    </Line>
  )
}

const OnDisk = ({ after, before, from, kind, to }: FilesystemMutation) => {
  switch (kind) {
    case "create-directory":
      return (
        <Line icon="folder" kind="add">
          Make the folder <Path text={to ?? ""} />
        </Line>
      )
    case "write-file":
      return (
        <Line icon="file" kind={before === undefined ? "add" : "change"}>
          {before === undefined ? "Write" : "Rewrite"} <Path text={to ?? ""} />
          {after === undefined ? null : (
            <span className="aside">
              {before === undefined ? "" : `${bytes(before.size)} → `}
              {bytes(after.size)}
            </span>
          )}
        </Line>
      )
    case "move-directory":
      return (
        <Line icon="move" kind="change">
          Move <Path text={from ?? ""} /> to <Path text={to ?? ""} />
        </Line>
      )
    case "trash-directory":
      return (
        <Line icon="trash" kind="remove">
          Move <Path text={from ?? ""} /> to the trash
        </Line>
      )
  }
}

/** Reasons, each with its code, which the documentation explains. */
export const Reasons = ({ reasons, tone }: {
  readonly reasons: ReadonlyArray<Blocker | Warning>
  readonly tone: "error" | "warning"
}) => (
  <ul className={`reasons ${tone}`}>
    {reasons.map((reason, index) => (
      <li key={`${index}${reason.code}`}>
        <Icon name={tone === "error" ? "blocked" : "warning"} />
        <span>
          <bdi>{reason.message}</bdi> <code>{reason.code}</code>
        </span>
      </li>
    ))}
  </ul>
)

/** Every change that a command would make. */
export const Changes = ({ preview }: { readonly preview: Preview }) => {
  const { filesystemMutations, registryMutations } = preview
  if (filesystemMutations.length + registryMutations.length === 0) {
    return <p className="aside">Nothing would change.</p>
  }
  return (
    <ul className="changes">
      {registryMutations.map((mutation, index) => <InRegistry key={index} {...mutation} />)}
      {filesystemMutations.map((mutation, index) => <OnDisk key={index} {...mutation} />)}
    </ul>
  )
}

/** What a command would do. Blockers come first: with any of them, nothing will be done. */
export const PreviewView = ({ preview }: { readonly preview: Preview }) => {
  const { blockers, warnings } = preview
  return (
    <>
      {blockers.length === 0 ? null : (
        <>
          <h3>Not possible</h3>
          <Reasons reasons={blockers} tone="error" />
        </>
      )}
      {warnings.length === 0 ? null : (
        <>
          <h3>Good to know</h3>
          <Reasons reasons={warnings} tone="warning" />
        </>
      )}
      {blockers.length > 0 ? null : (
        <>
          <h3>What will change</h3>
          <Changes preview={preview} />
        </>
      )}
    </>
  )
}
