/** `prometeu-packer/studio`: the side of an editor, over what `prometeu-packer` exports and nothing else. */

// What it is made of.
export { Activity, type ActivityView } from "./studio/services/Activity.ts"
export { AssetsWorkspace } from "./studio/services/AssetsWorkspace.ts"
export { BankCompositionEditor, type CompositionEditor } from "./studio/services/BankCompositionEditor.ts"
export { Progress } from "./studio/services/Progress.ts"
export { defaultStudioSettings, StudioConfig, type StudioSettings } from "./studio/services/StudioConfig.ts"
export { StudioEventBus } from "./studio/services/StudioEventBus.ts"
export { StudioPackerAdapter } from "./studio/services/StudioPackerAdapter.ts"

// What is said and shown. With a star, so that a host can declare events of its own.
export { type AssetsView, type SelectedAsset } from "./studio/domain/AssetsView.ts"
export { type Draft, type DraftRow, filesOf } from "./studio/domain/CompositionDraft.ts"
export {
  type ApplyFailure,
  type Applying,
  blockersOf,
  capacityOf,
  type Editing,
  type EditorState,
  type Meanwhile,
  type ReadOnly,
  type Section
} from "./studio/domain/CompositionEditing.ts"
export { type FinishedOperation, type RunningOperation } from "./studio/domain/Operations.ts"
export * from "./studio/domain/StudioEvent.ts"

// How it is done.
export { activity } from "./studio/layers/ActivityLog.ts"
export { bankCompositionEditor } from "./studio/layers/CompositionEditors.ts"
export { studioEventBus } from "./studio/layers/EventBus.ts"
export { studioPackerAdapter } from "./studio/layers/PackerAdapter.ts"
export { progress } from "./studio/layers/RunningProgress.ts"
export { assetsWorkspace } from "./studio/layers/RuntimeWorkspace.ts"
