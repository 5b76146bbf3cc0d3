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
