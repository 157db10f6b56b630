/** One action for several assets, as one batch: all of it is done, or nothing. */
import { type AssetSummary, Command, type SingleCommand } from "prometeu-packer"
import { useMemo, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { TextField } from "../parts/Field.tsx"
import { count } from "../parts/Text.tsx"
import { actionWords, refTo, type SeveralAction } from "./Ask.ts"
import { CommandDialog } from "./CommandDialog.tsx"
import { OneOfThem } from "./OneOfThem.tsx"
import { isBlocked, useVerdicts } from "./useVerdicts.ts"

/** How many are listed one by one; of thousands nobody looks at each. */
const shown = 200

const commandFor = (action: SeveralAction, summary: AssetSummary, folder: string): SingleCommand => {
  switch (action) {
    case "register":
      return Command.register({ root: summary.root })
    case "unregister":
      return Command.unregister({ asset: refTo(summary) })
    case "include":
      return Command.setBuildParticipation({ asset: refTo(summary), included: true })
    case "exclude":
      return Command.setBuildParticipation({ asset: refTo(summary), included: false })
    case "relocate":
      return Command.relocate({ asset: refTo(summary), to: `${folder}/${summary.root.split("/").at(-1) ?? ""}` })
    case "delete":
      return Command.delete({ asset: refTo(summary) })
  }
}

/** The dialog of an action on several assets. Each is looked at by itself, and can be left out. */
export const SeveralDialog = ({ action, assets, onClose, onDone }: {
  readonly action: SeveralAction
  readonly assets: ReadonlyArray<AssetSummary>
  readonly onClose: () => void
  readonly onDone: () => void
}) => {
  const [unchecked, setUnchecked] = useState<ReadonlySet<string>>(new Set())
  const [folder, setFolder] = useState("")
  const isComplete = action !== "relocate" || folder !== ""
  const commands = useMemo(
    () => isComplete ? assets.map((summary) => commandFor(action, summary, folder)) : [],
    [action, assets, folder, isComplete]
  )
  const verdicts = useVerdicts(commands)
  const checked = commands.filter((_, index) => !unchecked.has(assets[index]?.root ?? ""))
  const blocked = assets.filter(({ root }, index) => !unchecked.has(root) && isBlocked(verdicts[index]))
  const { done, label } = actionWords[action]

  const leaveOut = (roots: ReadonlyArray<string>, isOut: boolean) =>
    setUnchecked((before) => {
      const after = new Set(before)
      for (const root of roots) {
        if (isOut) after.add(root)
        else after.delete(root)
      }
      return after
    })

  return (
    <CommandDialog
      title={`${label} ${count(assets.length, "asset")}`}
      confirm={`${label} ${assets.length - unchecked.size}`}
      isDanger={action === "delete"}
      wide
      command={checked.length === 0 ? undefined : Command.batch({ commands: checked })}
      done={`${done}: ${count(checked.length, "asset")}`}
      onClose={onClose}
      onDone={onDone}
    >
      <p>All of it is done as one, or nothing. Uncheck what is to stay as it is.</p>
      {action === "relocate"
        ? <TextField label="Into the folder" help="Below assets/" autoFocus value={folder} onText={setFolder} />
        : null}
      <ul className="those" aria-label="Assets in this batch">
        {assets.slice(0, shown).map((summary, index) => (
          <OneOfThem
            key={summary.root}
            summary={summary}
            isChecked={!unchecked.has(summary.root)}
            verdict={verdicts[index]}
            onCheck={(isChecked) => leaveOut([summary.root], !isChecked)}
          />
        ))}
        {assets.length > shown
          ? <li className="one-of-them aside">and {count(assets.length - shown, "more asset")}</li>
          : null}
      </ul>
      <div className="those-actions">
        <span className="aside">{assets.length - unchecked.size} of {assets.length} chosen</span>
        {blocked.length === 0 ? null : (
          <Button onClick={() => leaveOut(blocked.map(({ root }) => root), true)}>
            Leave out {count(blocked.length, "asset")} that cannot
          </Button>
        )}
        {unchecked.size === 0 ? null : <Button kind="quiet" onClick={() => setUnchecked(new Set())}>Choose all</Button>}
      </div>
    </CommandDialog>
  )
}
