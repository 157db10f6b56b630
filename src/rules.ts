/** `prometeu-packer/rules`: the rules of the product, pure and synchronous, for whoever has a snapshot and no runtime. */

// What a command would do, or why not.
export { looksOf } from "./domain/commands/AllCommands.ts"
export type { Effects } from "./domain/commands/Rule.ts"
export { changesNothing, type Plan, plan } from "./domain/Plan.ts"
export { previewOf } from "./domain/PlanPreview.ts"
export { type Refusal, refusalOf, staleness } from "./domain/Refusal.ts"

// How one snapshot follows from another.
export { settle, type Settled } from "./domain/Commit.ts"
export type { RegistryRead } from "./domain/Found.ts"
export { type OpeningFacts, openSnapshot } from "./domain/Opening.ts"
export { advance, type Committed, patch } from "./domain/Patch.ts"
export type { Revision } from "./domain/Revise.ts"
export { defaultSettings } from "./domain/Settings.ts"
