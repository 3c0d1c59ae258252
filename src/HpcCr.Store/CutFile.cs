using HpcCr.Core;
using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Store;

/// <summary>
/// A file that the job only appends to, and how it becomes again what it was at a cut: the beginning is in the file itself, the rest, where
/// restarts from older epochs have cut it off, in what these have set aside.
/// </summary>
/// <remarks>To be used as the job's user.</remarks>
public sealed class CutFile
{
    private const int BufferBytes = 1 << 20;
    private readonly FileRecord _record;
    private readonly IStoreAccess _access;
    private List<Piece> _pieces = [];

    private CutFile(FileRecord record, IStoreAccess access) => (_record, _access) = (record, access);

    /// <summary>How long the file is, in bytes; null when there is none.</summary>
    public long? Length { get; private set; }

    /// <summary>How many bytes of the file stay as they are.</summary>
    public long Stays => _pieces.Count > 0 ? _pieces[0].From : _record.Size;

    /// <summary>Why it cannot be put back, as a sentence; null when it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>There is nothing to be done.</summary>
    public bool IsAsAtCut => Fault is null && _pieces.Count == 0 && Length == _record.Size;

    /// <summary>How many bytes come from what was set aside.</summary>
    public long Returns => _record.Size - Stays;

    /// <summary>Looks at the file, and changes nothing.</summary>
    /// <param name="record">What it was at the cut.</param>
    /// <param name="epoch">The cut's epoch.</param>
    /// <param name="asides">What restarts have set aside.</param>
    /// <param name="access">Opens files of the job.</param>
    /// <param name="compare">Whether bytes that would come back are compared with those that are there: it may be what it was already.</param>
    public static CutFile Look(FileRecord record, int epoch, AsideIndex asides, IStoreAccess access, bool compare)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(asides);
        ArgumentNullException.ThrowIfNull(access);
        var file = new CutFile(record, access);
        try
        {
            using var current = access.OpenFile(record.Path, FileAccess.Read);
            file.Length = current is null ? null : RandomAccess.GetLength(current);
            file._pieces = PiecesOf(record, epoch, asides);
            if (compare && current is not null)
                file.LeaveOutWhatIsThere(current);
            file.Fault = file.FaultOf(current);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Fault = $"{record.Path}, which the job writes to, cannot be read: {e.Message}";
        }

        return file;
    }

    /// <summary>Makes it what it was. What this changes has been set aside.</summary>
    public void PutBack()
    {
        if (Length is null)
            Directory.CreateDirectory(Path.GetDirectoryName(_record.Path)!);
        using var file = Length is null
            ? File.OpenHandle(_record.Path, FileMode.CreateNew, FileAccess.ReadWrite)
            : _access.OpenFile(_record.Path, FileAccess.ReadWrite) ?? throw new FileNotFoundException($"{_record.Path} is gone");
        if (Length is null && _record.Mode != 0)
            File.SetUnixFileMode(file, (UnixFileMode)_record.Mode);
        foreach (var piece in _pieces)
        {
            using var aside = Open(piece);
            Copy(aside, piece, (bytes, at) => RandomAccess.Write(file, bytes, at));
        }

        RandomAccess.SetLength(file, _record.Size);
        RandomAccess.FlushToDisk(file);
    }

    // Until the first restart after the cut all its bytes were in the file. What that one set aside is of the cut, as far as it reaches back;
    // what lies before was still there when the next one came, and so on.
    private static List<Piece> PiecesOf(FileRecord record, int epoch, AsideIndex asides)
    {
        List<Piece> pieces = [];
        var missing = record.Size;
        foreach (var aside in asides.Of(record.Path).Where(a => a.Record.Epoch >= epoch && a.Record.From < missing))
        {
            if (aside.Record.From + aside.Record.Length < missing)
                return [];
            pieces.Insert(0, new Piece(aside, aside.Record.From, missing));
            if ((missing = aside.Record.From) == 0)
                break;
        }

        return pieces;
    }

    private static SafeFileHandle Open(Piece piece) =>
        FileBeneath.OpenRegular(Path.GetDirectoryName(piece.Aside.Bytes)!, Path.GetFileName(piece.Aside.Bytes));

    private static void Copy(SafeFileHandle aside, Piece piece, Action<ReadOnlySpan<byte>, long> take)
    {
        var buffer = new byte[(int)Math.Min(BufferBytes, piece.To - piece.From)];
        for (var at = piece.From; at < piece.To;)
        {
            var got = RandomAccess.Read(aside, buffer.AsSpan(0, (int)Math.Min(buffer.Length, piece.To - at)), at - piece.Aside.Record.From);
            if (got == 0)
                throw new EndOfStreamException($"{piece.Aside.Bytes} is shorter than it was");
            take(buffer.AsSpan(0, got), at);
            at += got;
        }
    }

    private void LeaveOutWhatIsThere(SafeFileHandle current)
    {
        var there = new byte[BufferBytes];
        while (_pieces.Count > 0 && Length >= _pieces[0].To)
        {
            var same = true;
            using (var aside = Open(_pieces[0]))
            {
                Copy(aside, _pieces[0], (bytes, at) =>
                    same = same && RandomAccess.Read(current, there.AsSpan(0, bytes.Length), at) == bytes.Length && bytes.SequenceEqual(there.AsSpan(0, bytes.Length)));
            }

            if (!same)
                return;
            _pieces.RemoveAt(0);
        }
    }

    private string? FaultOf(SafeFileHandle? current)
    {
        if ((Length ?? 0) < Stays)
        {
            return Length is { } length ? $"{_record.Path} has {length} bytes, fewer than the {_record.Size} at the cut"
                : $"{_record.Path}, which the job writes to, is gone";
        }

        if (_record.Tail is null)
            return null;
        var tail = FileTailHash.Of((buffer, at) => Read(current, buffer, at), _record.Size);
        return tail == _record.Tail ? null : $"{_record.Path} does not have the bytes before the cut any more that it had: somebody else has written there";
    }

    private int Read(SafeFileHandle? current, Span<byte> buffer, long at)
    {
        if (at < Stays)
            return RandomAccess.Read(current!, buffer[..(int)Math.Min(buffer.Length, Stays - at)], at);
        var piece = _pieces.First(p => at < p.To);
        using var aside = Open(piece);
        return RandomAccess.Read(aside, buffer[..(int)Math.Min(buffer.Length, piece.To - at)], at - piece.Aside.Record.From);
    }

    // Bytes of the file, from one place up to another, that are in what was set aside.
    private sealed record Piece(Aside Aside, long From, long To);
}
