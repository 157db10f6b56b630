/**
 * The states of editing a bank's composition, and every way from one to another. Pure: `layers/CompositionEditor.ts` asks
 * the packer and moves from state to state.
 *
 *                 edit                        apply, retry
 *     ReadOnly ──────────▶ Editing ◀────┐ ──────────────────▶ Applying
 *         ▲    ◀────────── │    change, │ ◀──────────────────  │
 *         │      cancel    └────reset───┘   failed, withdrawn  │
 *         └────────────────────────────────────────────────────┘
 *                 applied: a fresh reading, never the draft
 *
 * Whatever does not lead from a state leaves it as it is: the same object. So no draft is ever lost by something that
 * happens at the wrong time. How full the bank is and what stands in the way is what the packer said last.
 */
import {
  type AssetName,
  type Blocker,
  type CapacityUse,
  type DetailsView,
  type OperationId,
  type PackerError,
  type Preview,
  PreviewStale,
  type SinkReentry
} from "../../index.ts"
import { changed, type Draft, draftOf, type DraftOperation, relisted } from "./CompositionDraft.ts"
import { sameButPlace } from "./SameAsset.ts"

/** What the packer said of the asset, read at one generation. */
export interface Section {
  readonly asset: AssetName
  readonly details: DetailsView
}

/** Why a draft could not be applied. */
export interface ApplyFailure {
  /** For a person: what happened, why, and what to do. */
  readonly message: string
  /** Absent if it was no error that the packer tells of; then the log says more. */
  readonly error?: PackerError | SinkReentry
}

/** What became of the asset since its draft was begun. */
export interface Meanwhile {
  /** It is another one than the draft began with: its composition, its files, its contract or its registration. */
  readonly changed: boolean
  /** It was changed behind the packer's back. */
  readonly diverged: boolean
  /** It is somewhere else. */
  readonly moved: boolean
  /** It is gone. */
  readonly deleted: boolean
}

/** Nobody edits: what is shown is what the packer has. */
export interface ReadOnly {
  readonly _tag: "ReadOnly"
  readonly section: Section
  /** The asset is not there any more; the section is the last that was known of it. */
  readonly deleted: boolean
}

interface Drafting {
  /** What the packer has now. */
  readonly section: Section
  /** What it had when the draft was begun, or put back. */
  readonly begun: Section
  readonly draft: Draft
  /** Counts the drafts that were to be previewed, so that what is said of an older one is not taken for this one. */
  readonly revision: number
  /** The newest preview; of an earlier draft as long as `previewed` is false. */
  readonly preview: Preview | undefined
  /** True if `preview` is of this draft, on what the packer has now. */
  readonly previewed: boolean
  /** Why there is no preview of this draft. */
  readonly previewFailure: ApplyFailure | undefined
  readonly meanwhile: Meanwhile
}

/** A draft that can be changed. */
export interface Editing extends Drafting {
  readonly _tag: "Editing"
  /** Why it could not be applied the last time. */
  readonly lastFailure: ApplyFailure | undefined
}

/** A draft that is being applied, and cannot be changed meanwhile. */
export interface Applying extends Drafting {
  readonly _tag: "Applying"
  /** The operation that applies it; absent as long as it waits for the preview. */
  readonly operationId: OperationId | undefined
}

/** How far editing a composition is. */
export type EditorState = ReadOnly | Editing | Applying

const nothingHappened: Meanwhile = { changed: false, diverged: false, moved: false, deleted: false }

const unpreviewed = { preview: undefined, previewed: false, previewFailure: undefined } as const

/** The state in which everything begins. */
export const readOnly = (section: Section): ReadOnly => ({ _tag: "ReadOnly", section, deleted: false })

const begin = (section: Section, revision: number): Editing => ({
  _tag: "Editing",
  section,
  begun: section,
  draft: draftOf(section.details.composition),
  revision,
  ...unpreviewed,
  meanwhile: nothingHappened,
  lastFailure: undefined
})

/** Begins a draft, unless the packer says that the composition cannot be edited. */
export const edit = (state: EditorState): EditorState =>
  state._tag !== "ReadOnly" || state.deleted || state.section.details.composition.blockers.length > 0
    ? state
    : begin(state.section, 1)

/** Changes the draft. */
export const change = (state: EditorState, operation: DraftOperation): EditorState => {
  if (state._tag !== "Editing") return state
  const draft = changed(state.draft, operation)
  if (draft === state.draft) return state
  return { ...state, draft, revision: state.revision + 1, previewed: false, previewFailure: undefined }
}

/** Puts back what the packer has now, and goes on editing. */
export const reset = (state: EditorState): EditorState =>
  state._tag === "Editing" && !state.meanwhile.deleted ? begin(state.section, state.revision + 1) : state

/** Gives the draft up. */
export const cancel = (state: EditorState): EditorState =>
  state._tag === "Editing"
    ? { _tag: "ReadOnly", section: state.section, deleted: state.meanwhile.deleted }
    : state

/** The packer showed what a draft would do; it counts if it is the newest one. */
export const previewed = (state: EditorState, revision: number, preview: Preview): EditorState =>
  state._tag === "ReadOnly" || state.revision !== revision
    ? state
    : { ...state, preview, previewed: true, previewFailure: undefined }

/** The packer could not look what a draft would do. */
export const notPreviewed = (state: EditorState, revision: number, failure: ApplyFailure): EditorState =>
  state._tag !== "Editing" || state.revision !== revision ? state : { ...state, previewFailure: failure }

/** Begins to apply the draft, which is frozen from now on. */
export const apply = (state: EditorState): EditorState => {
  if (state._tag !== "Editing") return state
  const { lastFailure: _, ...drafting } = state
  return { ...drafting, _tag: "Applying", operationId: undefined }
}

/** The same after it failed. */
export const retry = (state: EditorState): EditorState =>
  state._tag === "Editing" && state.lastFailure !== undefined ? apply(state) : state

/** An operation applies the draft. */
export const submitted = (state: EditorState, operationId: OperationId): EditorState =>
  state._tag === "Applying" ? { ...state, operationId } : state

const back = (state: Applying, lastFailure: ApplyFailure | undefined): Editing => {
  const { operationId: _, ...drafting } = state
  return { ...drafting, _tag: "Editing", lastFailure }
}

/** It was cancelled before there was an operation. */
export const withdrawn = (state: EditorState): EditorState => state._tag === "Applying" ? back(state, undefined) : state

/** It failed: the draft is as it was, to the last row. A preview that comes with the error is that of this draft now. */
export const failed = (state: EditorState, failure: ApplyFailure): EditorState => {
  if (state._tag !== "Applying") return state
  const editing = back(state, failure)
  return failure.error instanceof PreviewStale
    ? { ...editing, preview: failure.error.preview, previewed: true, previewFailure: undefined }
    : editing
}

/** It is done: what is shown is what the packer has, read afterwards. Without a section, the asset is gone since. */
export const applied = (state: EditorState, section: Section | undefined): EditorState =>
  state._tag === "Applying"
    ? { _tag: "ReadOnly", section: section ?? state.section, deleted: section === undefined }
    : state

/**
 * The packer has something else now; nothing, if the asset is gone. A draft stays, and its state says what happened. While
 * it is being applied nothing is noticed: the end of that reads again.
 */
export const noticed = (state: EditorState, section: Section | undefined): EditorState => {
  if (state._tag === "Applying") return state
  if (section === undefined) {
    if (state._tag === "ReadOnly") return state.deleted ? state : { ...state, deleted: true }
    if (state.meanwhile.deleted) return state
    return { ...state, ...outdated(state), meanwhile: { ...state.meanwhile, deleted: true } }
  }
  if (state._tag === "ReadOnly") {
    return section === state.section && !state.deleted ? state : readOnly(section)
  }
  if (section === state.section && !state.meanwhile.deleted) return state
  const { begun, draft, preview } = state
  const isStillShown = state.previewed && preview !== undefined &&
    preview.baseGeneration >= section.details.generation
  return {
    ...state,
    ...(isStillShown ? {} : outdated(state)),
    section,
    draft: relisted(draft, section.details.composition),
    meanwhile: {
      changed: !sameButPlace(begun.details, section.details),
      diverged: section.details.divergence !== undefined,
      moved: begun.asset.root !== section.asset.root,
      deleted: false
    }
  }
}

const outdated = ({ revision }: Editing) => ({ revision: revision + 1, previewed: false, previewFailure: undefined })

/** How full the bank is or would be, as the packer said last; absent if it did not say. */
export const capacityOf = (state: EditorState): CapacityUse | undefined =>
  state._tag === "ReadOnly" || state.preview === undefined
    ? state.section.details.composition.capacity
    : state.preview.capacity

/** What stands in the way, as the packer said last. */
export const blockersOf = (state: EditorState): ReadonlyArray<Blocker> =>
  state._tag === "ReadOnly" || state.preview === undefined
    ? state.section.details.composition.blockers
    : state.preview.blockers
