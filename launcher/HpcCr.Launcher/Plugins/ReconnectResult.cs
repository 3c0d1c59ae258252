using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>What a plugin gave in place of a connection.</summary>
/// <param name="Socket">Our copy of its socket, to be disposed by the caller. The plugin has its own until its process ends.</param>
/// <param name="Unread">What the job is to read first; null: what it had not read.</param>
internal sealed record ReconnectResult(SafeFileHandle Socket, byte[]? Unread);
