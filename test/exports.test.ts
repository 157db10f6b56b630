/** What is public, as it was looked at and agreed to: a name that comes or goes is a decision, and shows here. */
import { assert, describe, it } from "@effect/vitest"
import { exportsOf } from "../scripts/docs/declarations.ts"
import { doors } from "../scripts/docs/links.ts"
import { Command } from "../src/domain/Command.ts"
import { PackerEvent } from "../src/domain/Event.ts"

const reviewed = {
  index: `
    Action ActionKind ActionsView ApplyBankComposition Artifact Asset AssetDetails AssetId AssetList
    AssetName AssetNotFound AssetOutcome AssetQuery AssetRef AssetRoot AssetSummary AssetUuid AvailableRow
    BankComposition Batch Blocker BlockerCode Cancelled Capacity CapacityUse Change Changes Command CommandBlocked
    CommandOptions CommitFailed CommitResult CommitUncertain CommitterSettings Contract Create Delete DetailsView
    Diagnostic DiagnosticCode Disk DiskContent DiskEntry DiskError DiskFault DiskFile DiskKind DiskStat
    DiskWorkspaceOptions Diverged DivergedFile Divergence DivergenceView DoubtfulEntry DurableCommitter EntryView
    ErrorRow EventKind EventsNotRetained Facts Families Family FamilyCatalog FilePath FileSeen FileState FileStep
    FileView FilesystemMutation Fingerprint Finished Flushed FolderContent FolderFiles FolderLockOptions FolderSeen FolderSpelling
    Generation Hash HashTrie HostInfo InvalidCommand Late LatePublication Look Manifest ManifestFile ManifestProblem
    ManifestReading Measure Neighbours NotAccepted Observed OnDisk OpenMode OpeningError OpeningId OperationHandle
    OperationId OperationIdConflict OperationOptions Outcome Output OutputFormat OutputInput Overtaken PackerConfig
    PackerError PackerEvent PackerEventSink PackerEvents PackerSettings PathProblem PathReason PlannedChange Preview
    PreviewStale ProcessIdentity ProgressReport ProjectFolder ProjectId ProjectKey ProjectLock ProjectLocked
    ProjectOptions ProjectReadOnly ProjectRuntime ProjectRuntimes ProjectSnapshot ProjectStatus ProjectUnreadable
    PublishPending Receipted Recovery RecoveryReport RefreshOptions Register Registered RegistrationState Registry RegistryAdoption
    RegistryChange RegistryClash RegistryConflict RegistryEntry RegistryEntryFile RegistryFacts RegistryFault
    RegistryFile RegistryMutation Relocate RootScan RootSeen RowProblem RuntimeClosed Scan ScanProgress SeenFolder
    SelectedRow SetBuildParticipation Settings Severity SingleCommand SingleDiskCalls SinkReentry Snapshot SnapshotChange SnapshotView
    SortedMap Staged Standstill SubscriberLagged Subscription Taking Trouble Unfinished Unregister Unstaged UpdateContract
    Warning WarningCode Workspace WriteLane asFound blockerTable completeDisk decodeCommand defaultCommitterSettings defaultFamilies
    defaultPackerSettings diagnosticTable diskWorkspace errorTable findAsset folderLock functionSink getAssetActions
    getAssetDetails isTerminal journaledCommitter listAssets packerSettings parseFile parseRoot project
    projectRuntimes pubSubSink queueSink readOnlyReason severalSinks standstillReason warningTable
  `,
  node: `
    NodeProjectOptions layer layerProjects nodeDisk nodeHostInfo sha256
  `,
  rules: `
    Committed Effects OpeningFacts Plan Refusal RegistryRead Revision Settled advance changesNothing defaultSettings looksOf
    openSnapshot patch plan previewOf refusalOf settle staleness
  `,
  studio: `
    Activity ActivityView ApplyFailure Applying AssetsView AssetsWorkspace BankCompositionEditor CompositionEditor
    Draft DraftRow Editing EditorState FinishedOperation Meanwhile Progress ReadOnly RunningOperation Section
    SelectedAsset StudioConfig StudioEvent StudioEventBus StudioEvents StudioPackerAdapter StudioSettings activity
    assetsWorkspace bankCompositionEditor blockersOf capacityOf defaultStudioSettings filesOf progress
    studioEventBus studioPackerAdapter
  `,
  testing: `
    AssetFiles CollectedEvents CrashState CrashStatesOptions DiskCall DiskCallName DiskGate FaultyDisk
    FaultyDiskOptions MemoryProjectOptions ProjectTree RecordingDisk SimulatedDisk SimulatedDiskOptions
    SteppableProject TestIdentity collectingSink contentHash crashStates faultyDisk inFolder manifestText
    memoryProject memoryRoot recordingDisk seeded steppableProject testHost testOpening testUuid workspaceFiles
  `
}

const words = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")
const sorted = (names: Iterable<string>): ReadonlyArray<string> => [...names].toSorted((a, b) => a < b ? -1 : 1)

describe("the public names", () => {
  it.each(Object.entries(reviewed))("of %s are the reviewed ones", (door, names) => {
    const exported = exportsOf(`src/${door}.ts`).map(({ name }) => name)
    assert.deepStrictEqual(sorted(exported), words(names))
  })

  it("have a review for each entry point", () => {
    assert.sameMembers(doors.map(({ file }) => file), Object.keys(reviewed).map((door) => `src/${door}.ts`))
  })
})

describe("the vocabulary", () => {
  it("of events is the reviewed one", () => {
    assert.deepStrictEqual(PackerEvent.members.map(({ fields }) => fields.kind.literal), [
      "asset_discovered",
      "asset_changed",
      "diagnostics_updated",
      "divergence_detected",
      "progress_updated",
      "action_applied",
      "action_failed"
    ])
  })

  it("of commands is the reviewed one", () => {
    assert.deepStrictEqual(Command.members.map(({ fields }) => fields._tag.schema.literal), [
      "create",
      "register",
      "unregister",
      "setBuildParticipation",
      "updateContract",
      "relocate",
      "delete",
      "applyBankComposition",
      "batch"
    ])
  })

  it("has nothing of what the packer does not do", () => {
    const others = /^(?:doctor|build|pack|cache|watch|reconcile)/i
    const names = Object.values(reviewed).flatMap(words)
    assert.deepStrictEqual(names.filter((name) => others.test(name) && !/^Packer/i.test(name)), [])
  })
})
