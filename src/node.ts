/** `prometeu-packer/node`: the disk and the machine as Node shows them, and the services on top of them. */
export { type CommitterSettings } from "./layers/commit/Terms.ts"
export { diskWorkspace, type DiskWorkspaceOptions } from "./layers/DiskWorkspace.ts"
export { folderLock, type FolderLockOptions } from "./layers/FolderLock.ts"
export { defaultCommitterSettings, journaledCommitter } from "./layers/JournaledCommitter.ts"
export { nodeDisk } from "./layers/NodeDisk.ts"
export { nodeHostInfo } from "./layers/NodeHostInfo.ts"
export { sha256 } from "./layers/Sha256.ts"
