/** `prometeu-packer`: what is asked, read and told, and what the services around it promise. */

// Names: of assets, projects and operations, and of the places where assets are.
export {
  AssetId,
  AssetName,
  AssetRef,
  AssetUuid,
  Generation,
  OpeningId,
  OperationId,
  ProjectId
} from "./domain/Identity.ts"
export { AssetRoot, FilePath, parseFile, parseRoot, type PathProblem, type PathReason } from "./domain/Path.ts"

// What kinds of assets there are, and limits.
export {
  type Capacity,
  defaultFamilies,
  type Families,
  type Family,
  type Output,
  type OutputFormat
} from "./domain/Family.ts"
export type { Settings } from "./domain/Settings.ts"

// The files of a project.
export { Artifact, type Manifest, ManifestFile, type ManifestProblem } from "./domain/Manifest.ts"
export { RegistryEntryFile, type RegistryFault, RegistryFile } from "./domain/RegistryCodec.ts"

// What is wrong.
export { Blocker, BlockerCode, blockerTable } from "./domain/Blocker.ts"
export { Diagnostic, DiagnosticCode, diagnosticTable, Severity } from "./domain/Diagnostic.ts"
export {
  AssetNotFound,
  Cancelled,
  CommandBlocked,
  CommitFailed,
  CommitUncertain,
  Diverged,
  DivergedFile,
  InvalidCommand,
  OperationIdConflict,
  PackerError,
  PreviewStale,
  ProjectReadOnly,
  PublishPending,
  RegistryClash,
  RegistryConflict,
  RuntimeClosed
} from "./domain/Errors.ts"
export { OpeningError, ProjectLocked, ProjectUnreadable } from "./domain/OpeningErrors.ts"
export { type Standstill, standstillReason } from "./domain/Standstill.ts"
export { ProjectStatus } from "./domain/Status.ts"
export { EventsNotRetained, SinkReentry, SubscriberLagged } from "./domain/StreamErrors.ts"
export { Warning, WarningCode, warningTable } from "./domain/Warning.ts"

// What is known: the snapshot, and how it is read.
export { Action, ActionKind } from "./domain/Actions.ts"
export {
  type Asset,
  AssetSummary,
  type Facts,
  type ManifestReading,
  type OnDisk,
  RegistrationState
} from "./domain/Asset.ts"
export { AvailableRow, CapacityUse, Measure, RowProblem, SelectedRow } from "./domain/Composition.ts"
export { AssetDetails, BankComposition, Contract, DivergenceView } from "./domain/Details.ts"
export type { Divergence } from "./domain/Divergence.ts"
export type { HashTrie } from "./domain/HashTrie.ts"
export type { FolderSpelling, Neighbours } from "./domain/Neighbours.ts"
export {
  ActionsView,
  AssetList,
  AssetQuery,
  DetailsView,
  getAssetActions,
  getAssetDetails,
  listAssets
} from "./domain/Queries.ts"
export type { Registered } from "./domain/Registered.ts"
export type { DoubtfulEntry, Registry, RegistryChange, RegistryEntry } from "./domain/Registry.ts"
export { type Change, findAsset, readOnlyReason, type RegistryFacts, type Snapshot } from "./domain/Snapshot.ts"
export type { SortedMap } from "./domain/SortedMap.ts"

// What is asked for, and what it would do.
export {
  ApplyBankComposition,
  Batch,
  Command,
  Create,
  Delete,
  OutputInput,
  Register,
  Relocate,
  SetBuildParticipation,
  SingleCommand,
  Unregister,
  UpdateContract
} from "./domain/Command.ts"
export { decodeCommand } from "./domain/CommandInput.ts"
export type { FileStep } from "./domain/FileStep.ts"
export { AssetOutcome, EntryView, FilesystemMutation, FileView, Preview, RegistryMutation } from "./domain/Preview.ts"

// What the disk showed, and what became of it.
export type { CommitResult, DiskFault, PlannedChange, Unstaged } from "./domain/Commit.ts"
export {
  type FileSeen,
  type FileState,
  type Fingerprint,
  type FolderContent,
  type FolderFiles,
  type FolderSeen,
  type Hash,
  type Look,
  type Observed,
  type RootScan,
  type RootSeen,
  type Scan,
  type SeenFolder,
  type Trouble
} from "./domain/Seen.ts"
export type { Unfinished } from "./domain/Unfinished.ts"

// What the services promise.
export {
  Disk,
  type DiskContent,
  type DiskEntry,
  DiskError,
  type DiskFile,
  type DiskKind,
  type DiskStat,
  type OpenMode
} from "./services/Disk.ts"
export {
  DurableCommitter,
  type Finished,
  type Flushed,
  type Late,
  type LatePublication,
  type Overtaken,
  type Receipted,
  type Recovery,
  type RegistryAdoption,
  type Staged
} from "./services/DurableCommitter.ts"
export { type ErrorRow, errorTable } from "./services/ErrorTable.ts"
export { FamilyCatalog } from "./services/FamilyCatalog.ts"
export { HostInfo, ProcessIdentity } from "./services/HostInfo.ts"
export { defaultPackerSettings, PackerConfig, type PackerSettings, packerSettings } from "./services/PackerConfig.ts"
export { PackerEvents, type Subscription } from "./services/PackerEvents.ts"
export { PackerEventSink } from "./services/PackerEventSink.ts"
export { ProjectFolder } from "./services/ProjectFolder.ts"
export { ProjectLock } from "./services/ProjectLock.ts"
export { ProjectRuntime, type SnapshotView } from "./services/ProjectRuntime.ts"
export { type ProjectKey, ProjectRuntimes } from "./services/ProjectRuntimes.ts"
export { ProjectSnapshot, type SnapshotChange } from "./services/ProjectSnapshot.ts"
export { asFound, type ScanProgress, type Taking, Workspace } from "./services/Workspace.ts"
export {
  type CommandOptions,
  type NotAccepted,
  type OperationHandle,
  type OperationOptions,
  type RefreshOptions,
  WriteLane
} from "./services/WriteLane.ts"

// How it is kept: for hosts that put a runtime together by themselves.
export { type CommitterSettings } from "./layers/commit/Terms.ts"
export { completeDisk, type SingleDiskCalls } from "./layers/CompleteDisk.ts"
export { diskWorkspace, type DiskWorkspaceOptions } from "./layers/DiskWorkspace.ts"
export { folderLock, type FolderLockOptions } from "./layers/FolderLock.ts"
export { functionSink } from "./layers/FunctionSink.ts"
export { defaultCommitterSettings, journaledCommitter } from "./layers/JournaledCommitter.ts"
export { projectRuntimes } from "./layers/KeyedProjects.ts"
export { project, type ProjectOptions } from "./layers/Project.ts"
export { pubSubSink } from "./layers/PubSubSink.ts"
export { queueSink } from "./layers/QueueSink.ts"
export { severalSinks } from "./layers/SeveralSinks.ts"

// What is told.
export { type EventKind, isTerminal, PackerEvent, ProgressReport, RecoveryReport } from "./domain/Event.ts"
export { Changes, Outcome } from "./domain/Outcome.ts"
