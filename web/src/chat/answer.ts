// An answer of the assistant that streams: server-sent events in the response to a POST, which EventSource cannot send.
import { type ChatMessage, type ChatOperation, problemOf, send, ServiceError } from '../api'

interface Heard {
  delta: (content: string) => void
  operation: (operation: ChatOperation) => void
}

/** Sends a message and returns the whole answer; `null` if the stream ends without one. */
export async function ask(
  conversation: string,
  body: { message: string; confirm?: boolean },
  heard: Heard,
  signal: AbortSignal,
): Promise<ChatMessage | null> {
  const response = await send(`/chat/${conversation}/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify(body),
    signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    if (done) return null
    text += value
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const field = (name: string) =>
        event
          .split('\n')
          .filter((line) => line.startsWith(`${name}: `))
          .map((line) => line.slice(name.length + 2))
          .join('\n')
      const data: unknown = JSON.parse(field('data') || 'null')
      switch (field('event')) {
        case 'delta':
          heard.delta((data as { content: string }).content)
          break
        case 'operation':
          heard.operation(data as ChatOperation)
          break
        case 'problem':
          throw new ServiceError(problemOf(data, 503))
        case 'message':
          return data as ChatMessage
      }
    }
  }
}
