/** The calls of a disk, as POSIX has them, on a memory. None of them ever waits. */
import * as Effect from "effect/Effect"

import { completeDisk } from "../layers/CompleteDisk.ts"
import {
  type Disk,
  type DiskContent,
  DiskError,
  type DiskFile,
  type DiskStat,
  type OpenMode
} from "../services/Disk.ts"
import type { DiskCall } from "./DiskCall.ts"
import type { Errno, Spot } from "./DiskImage.ts"
import type { DiskMemory } from "./DiskMemory.ts"
import {
  contentOf,
  type DiskNode,
  type FileNode,
  fileNode,
  type FolderNode,
  folderNode,
  rootInode
} from "./DiskNodes.ts"

/** What a disk in memory is made of, besides what it holds. */
export interface SimulatedMachine {
  readonly memory: DiskMemory
  readonly tearBytes: number
  /** One object for each file that is open, with its inode. */
  readonly openFiles: Set<{ readonly inode: number }>
  /** How many bytes there is room for. */
  readonly free: () => number
  readonly isReadOnly: (path: string) => boolean
  /** Told of a call before anything comes of it. */
  readonly before: (call: DiskCall) => void
}

class Fault extends Error {
  readonly errno: Errno
  constructor(errno: Errno) {
    super(errno)
    this.errno = errno
  }
}

const no = (errno: Errno): never => {
  throw new Fault(errno)
}

const attempt = <A>(call: string, path: string, run: () => A): Effect.Effect<A, DiskError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      if (error instanceof Fault) return Effect.fail(new DiskError({ call, path, errno: error.errno }))
      throw error
    }
  })

const statOf = (node: DiskNode): DiskStat => ({
  kind: node.kind,
  size: node.kind === "file" ? node.size : 0,
  mtimeMs: node.mtimeMs,
  inode: String(node.inode),
  device: node.device
})

const noBytes = new Uint8Array()

/** The calls of a disk on a memory. */
export const simulatedCalls = (machine: SimulatedMachine): Disk["Service"] => {
  const { before, free, isReadOnly, memory, openFiles, tearBytes } = machine
  const { now } = memory

  const spotAt = (path: string): Spot => {
    const spot = now.walk(path)
    return typeof spot === "string" ? no(spot) : spot
  }

  const nodeAt = (path: string): DiskNode => spotAt(path).node ?? no("ENOENT")

  /** What is there, for calls that take it for an answer if nothing is. */
  const look = (path: string): DiskNode | undefined => {
    const spot = now.walk(path)
    if (typeof spot !== "string") return spot.node
    return spot === "ENOENT" || spot === "ENOTDIR" ? undefined : no(spot)
  }

  const folderAt = (path: string): FolderNode => {
    const node = nodeAt(path)
    return node.kind === "folder" ? node : no("ENOTDIR")
  }

  const expectWritable = (path: string): void => {
    if (isReadOnly(path)) no("EROFS")
  }

  /** A folder that something else is mounted on is in use, and so is the first one. */
  const expectNoMount = ({ folder, node }: Spot): void => {
    if (node?.inode === rootInode || (node !== undefined && node.device !== folder.device)) no("EBUSY")
  }

  const expectRoom = (): void => {
    if (free() <= 0) no("ENOSPC")
  }

  const mutate = <A>(call: DiskCall, run: () => A): Effect.Effect<A, DiskError> =>
    attempt(call.call, call.path, () => {
      before(call)
      return run()
    })

  const create = (path: string): number => {
    const { folder, name, node } = spotAt(path)
    if (node !== undefined) no(node.kind === "folder" ? "EISDIR" : node.kind === "link" ? "ELOOP" : "EEXIST")
    expectWritable(path)
    expectRoom()
    const { inode } = memory.add((inode, at) => fileNode(inode, folder.device, at, noBytes))
    memory.rename(path, [{ folder: folder.inode, name, inode }])
    return inode
  }

  const openExisting = (path: string, mode: OpenMode): number => {
    const node = nodeAt(path)
    if (node.kind === "folder") no("EISDIR")
    if (node.kind === "link") no("ELOOP")
    if (mode === "update") expectWritable(path)
    return node.inode
  }

  const fileOf = (path: string, inode: number, mode: OpenMode): DiskFile => {
    const handle = { inode }
    openFiles.add(handle)
    const opened = (): FileNode => {
      const node = openFiles.has(handle) ? now.node(inode) : no("EBADF")
      return node.kind === "file" ? node : no("EBADF")
    }
    const flush = (call: "flush" | "flushData") =>
      mutate({ call, path }, () => {
        opened()
        memory.flush(inode)
      })
    return {
      path,
      stat: attempt("stat", path, () => statOf(opened())),
      read: (position, length) =>
        attempt("read", path, () => {
          const { bytes, size } = opened()
          return bytes.slice(position, Math.max(position, Math.min(size, position + length)))
        }),
      write: (position, bytes) =>
        mutate({ call: "write", path, bytes: bytes.length }, () => {
          const { size } = opened()
          if (mode === "read") no("EBADF")
          expectWritable(path)
          const taken = Math.min(bytes.length, Math.max(0, size + free() - position))
          if (taken === 0 && bytes.length > 0) no("ENOSPC")
          memory.write(path, inode, position, bytes.slice(0, taken), tearBytes)
          return taken
        }),
      flush: flush("flush"),
      flushData: flush("flushData"),
      close: attempt("close", path, () => {
        if (!openFiles.delete(handle)) no("EBADF")
      })
    }
  }

  const expectReplaceable = (moved: DiskNode, to: Spot): void => {
    const there = to.node
    if (there === undefined) return
    if (there.kind !== "folder") {
      if (moved.kind === "folder") no("ENOTDIR")
      return
    }
    if (moved.kind !== "folder") no("EISDIR")
    if (there.entries.size > 0) no("ENOTEMPTY")
  }

  const rename = (fromPath: string, toPath: string): void => {
    const [from, to] = [spotAt(fromPath), spotAt(toPath)]
    if (from.folder.device !== to.folder.device) no("EXDEV")
    expectNoMount(from)
    expectNoMount(to)
    const moved = from.node ?? no("ENOENT")
    expectWritable(fromPath)
    expectWritable(toPath)
    if (to.above.includes(moved.inode)) no("EINVAL")
    if (to.node?.inode === moved.inode) return
    expectReplaceable(moved, to)
    memory.rename(fromPath, [
      { folder: from.folder.inode, name: from.name, inode: undefined },
      { folder: to.folder.inode, name: to.name, inode: moved.inode }
    ], to.node)
  }

  const link = (fromPath: string, toPath: string): void => {
    const [node, to] = [nodeAt(fromPath), spotAt(toPath)]
    if (node.kind === "link") no("ELOOP")
    if (to.node !== undefined) no("EEXIST")
    if (node.device !== to.folder.device) no("EXDEV")
    if (node.kind === "folder") no("EPERM")
    expectWritable(toPath)
    memory.rename(toPath, [{ folder: to.folder.inode, name: to.name, inode: node.inode }])
  }

  const makeFolder = (path: string): void => {
    const { folder, name, node } = spotAt(path)
    if (node !== undefined) no("EEXIST")
    expectWritable(path)
    expectRoom()
    const { inode } = memory.add((inode, at) => folderNode(inode, folder.device, at))
    memory.rename(path, [{ folder: folder.inode, name, inode }])
  }

  const remove = (path: string, check: (node: DiskNode) => void): void => {
    const spot = spotAt(path)
    check(spot.node ?? no("ENOENT"))
    expectNoMount(spot)
    expectWritable(path)
    memory.rename(path, [{ folder: spot.folder.inode, name: spot.name, inode: undefined }], spot.node)
  }

  const readFile = (path: string, limit: number): DiskContent | undefined => {
    const node = look(path)
    if (node === undefined) return undefined
    return { stat: statOf(node), bytes: node.kind === "file" && node.size <= limit ? contentOf(node) : undefined }
  }

  const open = (path: string, mode: OpenMode) => {
    const run = () => fileOf(path, mode === "create" ? create(path) : openExisting(path, mode), mode)
    return mode === "create" ? mutate({ call: "open", path, mode }, run) : attempt("open", path, run)
  }

  return completeDisk({
    stat: (path) =>
      attempt("stat", path, () => {
        const node = look(path)
        return node === undefined ? undefined : statOf(node)
      }),
    list: (path) =>
      attempt(
        "list",
        path,
        () => Array.from(folderAt(path).entries, ([name, inode]) => ({ name, kind: now.node(inode).kind }))
      ),
    realPath: (path) =>
      attempt("realPath", path, () => {
        const spot = now.walk(path, true)
        if (typeof spot === "string") return no(spot)
        return spot.node === undefined ? no("ENOENT") : spot.real
      }),
    isWritable: (path) =>
      attempt("isWritable", path, () => {
        folderAt(path)
        return !isReadOnly(path)
      }),
    readFile: (path, limit) => attempt("readFile", path, () => readFile(path, limit)),
    open,
    makeFolder: (path) => mutate({ call: "makeFolder", path }, () => makeFolder(path)),
    rename: (from, to) => mutate({ call: "rename", path: from, to }, () => rename(from, to)),
    link: (from, to) => mutate({ call: "link", path: from, to }, () => link(from, to)),
    removeFile: (path) =>
      mutate({ call: "removeFile", path }, () =>
        remove(path, (node) => {
          if (node.kind === "folder") no("EISDIR")
        })),
    removeFolder: (path) =>
      mutate({ call: "removeFolder", path }, () =>
        remove(path, (node) => {
          if (node.kind !== "folder") return no("ENOTDIR")
          if (node.entries.size > 0) no("ENOTEMPTY")
        })),
    flushFolder: (path) => mutate({ call: "flushFolder", path }, () => memory.flush(folderAt(path).inode))
  })
}
