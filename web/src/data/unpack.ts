// Decompresses gzip files before the upload. The service stores files unchanged, and the viewer needs them
// uncompressed.
const MOST = 200_000_000

export async function unpacked(file: File): Promise<File> {
  const [a, b] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  if (a !== 0x1f || b !== 0x8b || typeof DecompressionStream === 'undefined') return file
  try {
    const blob = await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).blob()
    return blob.size > MOST ? file : new File([blob], file.name.replace(/\.gz$/i, ''))
  } catch {
    // The service determines the format.
    return file
  }
}

/** Returns the dropped files, including those in folders. A folder cannot be read as a file. */
export async function dropped(data: DataTransfer | null): Promise<File[]> {
  // The entries exist only during the event.
  const entries = [...(data?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null)
  if (!entries.some((entry) => entry?.isDirectory)) return [...(data?.files ?? [])]
  const found: File[] = []
  async function read(entry: FileSystemEntry | null): Promise<void> {
    if (entry?.isFile)
      return void found.push(
        await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      )
    if (!entry?.isDirectory) return
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    // Each call returns at most a hundred entries.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
      if (!some.length) return
      for (const one of some) if (!one.name.startsWith('.')) await read(one)
    }
  }
  for (const entry of entries) await read(entry)
  return found
}
