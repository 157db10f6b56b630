/** The files of a bank as the packer has them: those it holds, in their order, and those it could hold. */
import type { Family } from "prometeu-packer"
import type { CompositionEditor, ReadOnly } from "prometeu-packer/studio"
import { useState } from "react"
import { useRun } from "../bridge/react.ts"
import { Button } from "../parts/Button.tsx"
import { Empty } from "../parts/Notice.tsx"
import { FileCard } from "./FileCard.tsx"
import { FileDialog } from "./FileDialog.tsx"
import { Meters } from "./Meters.tsx"

/** How many available files are drawn before somebody asks for all: a folder may hold many thousands. */
const few = 200

/** The files of a bank, to look at. */
export const CompositionView = ({ editor, family, state: { section: { details } } }: {
  readonly editor: CompositionEditor
  readonly state: ReadOnly
  readonly family: Family | undefined
}) => {
  const runAside = useRun()
  const [opened, setOpened] = useState<string | undefined>(undefined)
  const [showsAll, setShowsAll] = useState(false)
  const { composition: { available, blockers, capacity, selected }, summary: { root } } = details
  const reason = blockers.length === 0 ? undefined : blockers.map(({ message }) => message).join(" ")
  return (
    <>
      <div className="section-head">
        <h3>Files in the bank</h3>
        <Button icon="edit" reason={reason} onClick={() => runAside(editor.edit)}>Edit composition</Button>
      </div>
      {family === undefined
        ? (
          <Empty icon="file" title="Its files cannot be listed">
            That needs a valid manifest of a family that the project knows.
          </Empty>
        )
        : selected.length === 0 && available.length === 0
        ? (
          <Empty icon="image" title="No files yet">
            Put {family.extensions.join(" or ")} files into the folder of the asset, and refresh it.
          </Empty>
        )
        : (
          <>
            {selected.length === 0 ?
              <p className="aside">The bank holds nothing yet.</p> :
              (
                <ol className="file-cards" aria-label="Files in the bank">
                  {selected.map((row) => (
                    <FileCard
                      key={`${row.index}${row.file}`}
                      root={root}
                      row={row}
                      index={row.index}
                      onOpen={() => setOpened(row.file)}
                    />
                  ))}
                </ol>
              )}
            {available.length === 0 ? null : (
              <>
                <h4>Available</h4>
                <ul className="file-cards available" aria-label="Available files">
                  {(showsAll ? available : available.slice(0, few)).map((row) => (
                    <FileCard
                      key={row.file}
                      root={root}
                      row={row}
                      onOpen={() => setOpened(row.file)}
                    />
                  ))}
                </ul>
                {showsAll || available.length <= few ?
                  null :
                  <Button icon="down" onClick={() => setShowsAll(true)}>Show all {available.length}</Button>}
              </>
            )}
          </>
        )}
      {capacity === undefined ? null : <Meters capacity={capacity} />}
      {opened === undefined ? null : <FileDialog root={root} file={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
