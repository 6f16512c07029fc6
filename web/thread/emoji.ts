/** Offered at once; the server takes any. */
export const EMOJI = ["👍", "❤️", "😂", "🎉", "😮", "🙏"] as const;
