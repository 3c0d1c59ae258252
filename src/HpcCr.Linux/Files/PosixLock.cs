using System.Globalization;

namespace HpcCr.Linux;

/// <summary>A lock of fcntl(2) that a process has, as /proc/PID/fdinfo shows it.</summary>
/// <param name="Descriptor">A descriptor of the file; the lock was set through it, or through the one that this is a copy of.</param>
/// <param name="IsExclusive">Whether it is a write lock.</param>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes; 0: to the end, whatever is written.</param>
public sealed record PosixLock(int Descriptor, bool IsExclusive, long Start, long Length)
{
    private const string Kind = "POSIX";
    private const string EndOfFile = "EOF";

    // 1: POSIX  ADVISORY  WRITE 4711 fe:01:1234 0 EOF; a process that waits has an arrow behind the number.
    private const int KindField = 1;
    private const int TypeField = 3;
    private const int OwnerField = 4;
    private const int FileField = 5;
    private const int StartField = 6;
    private const int EndField = 7;
    private const int Fields = 8;

    /// <summary>The processes that have such locks; of others' pid namespaces 0.</summary>
    public static IReadOnlySet<int> Owners() =>
        (ProcFs.Read("/proc/locks") ?? "").Split('\n').Select(FieldsOf).Where(IsPosix).Select(OwnerOf).ToHashSet();

    /// <summary>The locks of one process.</summary>
    /// <param name="open">What it has open.</param>
    public static IReadOnlyList<PosixLock> Of(IReadOnlyList<OpenDescriptor> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return
        [
            .. (from file in open
                where file.Target.StartsWith('/')
                from line in (ProcFs.Read($"/proc/{file.Pid}/fdinfo/{file.Number}") ?? "").Split('\n')
                where line.StartsWith("lock:", StringComparison.Ordinal)
                let fields = FieldsOf(line["lock:".Length..])
                where IsPosix(fields) && OwnerOf(fields) == file.Pid
                select (File: fields[FileField], Lock: Translate(file.Number, fields)))
                .DistinctBy(found => (found.File, found.Lock.Start, found.Lock.Length)).Select(found => found.Lock),
        ];
    }

    private static string[] FieldsOf(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsPosix(string[] fields) => fields.Length >= Fields && fields[KindField] == Kind;

    private static int OwnerOf(string[] fields) => int.TryParse(fields[OwnerField], CultureInfo.InvariantCulture, out var pid) ? pid : 0;

    private static PosixLock Translate(int descriptor, string[] fields)
    {
        var start = long.Parse(fields[StartField], CultureInfo.InvariantCulture);
        return new PosixLock(descriptor, fields[TypeField] == "WRITE", start,
            fields[EndField] == EndOfFile ? 0 : long.Parse(fields[EndField], CultureInfo.InvariantCulture) - start + 1);
    }
}
