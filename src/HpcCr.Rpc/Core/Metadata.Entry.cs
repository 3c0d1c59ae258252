using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its text or its bytes.</summary>
    public sealed class Entry
    {
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");

        private readonly byte[]? _bytes;
        private readonly string? _text;

        /// <summary>A text.</summary>
        /// <param name="key">Letters, digits, '_', '.', '-'; not ending in -bin.</param>
        /// <param name="value">Printable ASCII.</param>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalized(key);
            if (IsBinary)
                throw new ArgumentException($"the value of {key} must be bytes, because the key ends in {BinaryHeaderSuffix}", nameof(key));
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw new ArgumentException($"the value of {key} is not printable ASCII; use a key that ends in {BinaryHeaderSuffix}", nameof(value));
            _text = value;
        }

        /// <summary>Bytes.</summary>
        /// <param name="key">Letters, digits, '_', '.', '-'; ending in -bin.</param>
        /// <param name="valueBytes">The bytes; copied.</param>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalized(key);
            if (!IsBinary)
                throw new ArgumentException($"the key {key} of a binary value must end in {BinaryHeaderSuffix}", nameof(key));
            _bytes = [.. valueBytes];
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"the value of {Key} is bytes");

        /// <summary>A copy of the bytes, or the text in ASCII.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        /// <inheritdoc/>
        public override string ToString() => IsBinary ? $"[Entry: key={Key}, {_bytes!.Length} bytes]" : $"[Entry: key={Key}, value={_text}]";

        internal static bool IsValidKey(string key) => key.Length > 0 && !key.AsSpan().ContainsAnyExcept(KeyCharacters);

        private static string Normalized(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
#pragma warning disable CA1308 // HTTP/2 wants its header names in lower case.
            var lower = key.ToLowerInvariant();
#pragma warning restore CA1308
            return IsValidKey(lower) ? lower : throw new ArgumentException($"\"{key}\" cannot be a metadata key", nameof(key));
        }
    }
}
