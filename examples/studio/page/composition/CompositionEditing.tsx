/** A draft of a bank's composition: what the packer says of it, and the way to apply it or to give it up. */
import { Effect } from "effect"
import { type Applying, blockersOf, capacityOf, type CompositionEditor, type Editing } from "prometeu-packer/studio"
import { useRun, useStudio } from "../bridge/react.ts"
import { Changes, Reasons } from "../commands/PreviewView.tsx"
import { useAnnounce } from "../parts/Announcer.tsx"
import { Button } from "../parts/Button.tsx"
import { Notice } from "../parts/Notice.tsx"
import { Badge } from "../parts/States.tsx"
import { DraftLists } from "./DraftLists.tsx"
import { Meters } from "./Meters.tsx"

interface EditingProps {
  readonly editor: CompositionEditor
  readonly state: Editing | Applying
}

/** What happened to the asset since the draft was begun. */
const Meanwhile = ({ state: { meanwhile, section } }: Pick<EditingProps, "state">) => {
  const { packer } = useStudio()
  const run = useRun()
  if (meanwhile.deleted) {
    return (
      <Notice live tone="error" title="The asset is gone">
        Your draft is still here. There is nothing it could be applied to.
      </Notice>
    )
  }
  return (
    <>
      {meanwhile.diverged
        ? (
          <Notice
            live
            tone="warning"
            icon="diverged"
            title="Changed on disk while you edit"
            action={
              <Button icon="refresh" onClick={() => run(packer.refreshAsset({ root: section.asset.root }))}>
                Adopt what is on disk
              </Button>
            }
          >
            Your draft is kept.
          </Notice>
        )
        : null}
      {meanwhile.changed && !meanwhile.diverged
        ? (
          <Notice live tone="info" title="The asset has changed while you edit">
            Your draft is kept, and previewed on what is there now. Reset shows what is there.
          </Notice>
        )
        : null}
      {meanwhile.moved
        ? (
          <Notice tone="info" title="The asset was moved while you edit">
            <bdi>{section.asset.root}</bdi>
          </Notice>
        )
        : null}
    </>
  )
}

/** What the packer says of the draft. */
const Verdict = ({ state }: Pick<EditingProps, "state">) => {
  const blockers = blockersOf(state)
  const { preview, previewed, previewFailure } = state
  const warnings = preview?.warnings.filter(({ code }) => code !== "command/no-change") ?? []
  const changesNothing = preview?.warnings.some(({ code }) => code === "command/no-change")
  return (
    <div
      className={previewed ? "verdict-of-draft preview" : "verdict-of-draft preview older"}
      aria-label="Preview"
      role="group"
    >
      {previewFailure === undefined
        ? null
        : <Notice tone="error" title="There is no preview">{previewFailure.message}</Notice>}
      {blockers.length > 0 ? <Reasons reasons={blockers} tone="error" /> : null}
      {warnings.length === 0 ? null : <Reasons reasons={warnings} tone="warning" />}
      {preview === undefined || blockers.length > 0
        ? null
        : changesNothing
        ? <p className="aside">The bank holds exactly this already.</p>
        : <Changes preview={preview} />}
    </div>
  )
}

const reasonAgainst = (state: Editing): string | undefined => {
  if (state.meanwhile.deleted) return "The asset is gone."
  return state.previewed && blockersOf(state).length > 0 ? "It is not possible: see the reasons above." : undefined
}

const Commands = ({ editor, state }: EditingProps) => {
  const { run } = useStudio()
  const runAside = useRun()
  const announce = useAnnounce()
  const isFailed = state._tag === "Editing" && state.lastFailure !== undefined

  const apply = async (how: Effect.Effect<boolean>) => {
    const isApplied = await run(Effect.map(how, (isApplied) => {
      if (isApplied) announce("Composition applied")
      return isApplied
    }))
    return isApplied
  }

  if (state._tag === "Applying") {
    return (
      <div className="draft-commands">
        <Button kind="primary" reason="It is being applied." aria-busy>Applying…</Button>
        <Button kind="quiet" onClick={() => runAside(editor.cancel)}>Cancel</Button>
      </div>
    )
  }
  return (
    <div className="draft-commands">
      <Button
        kind="primary"
        icon={isFailed ? "refresh" : "check"}
        reason={reasonAgainst(state)}
        onClick={() => void apply(isFailed ? editor.retry : editor.apply)}
      >
        {isFailed ? "Try again" : "Apply"}
      </Button>
      <Button
        icon="undo"
        reason={state.meanwhile.deleted ? "The asset is gone." : undefined}
        onClick={() => runAside(editor.reset)}
      >
        Reset
      </Button>
      <Button kind="quiet" onClick={() => runAside(editor.cancel)}>Cancel</Button>
    </div>
  )
}

/** A draft of a bank's composition. */
export const CompositionEditing = ({ editor, state }: EditingProps) => {
  const capacity = capacityOf(state)
  const failure = state._tag === "Editing" ? state.lastFailure : undefined
  return (
    <div className={state._tag === "Applying" ? "editing frozen" : "editing"}>
      <div className="section-head">
        <h3>Edit composition</h3>
        <Badge icon="draft" word={state._tag === "Applying" ? "Applying" : "Draft"} tone="accent" />
      </div>
      <Meanwhile state={state} />
      {failure === undefined ? null : (
        <Notice live tone="error" title="It was not applied; your draft is as it was">
          <bdi>{failure.message}</bdi>
        </Notice>
      )}
      <DraftLists editor={editor} state={state} />
      {capacity === undefined ? null : <Meters capacity={capacity} />}
      <Verdict state={state} />
      <Commands editor={editor} state={state} />
    </div>
  )
}
