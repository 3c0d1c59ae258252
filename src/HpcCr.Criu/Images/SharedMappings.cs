using System.Globalization;

namespace HpcCr.Criu.Images;

/// <summary>
/// Memory that a child shares with its parent until one of them writes to it. The engine shares it again where both have a mapping with the same first and last address; but the kernel
/// lets a mapping grow by what the process maps beside it.
/// </summary>
public static class SharedMappings
{
    private const int PidField = 1;
    private const int ParentField = 2;
    private const int ExecutableField = 12;
    private const int MappingsField = 14;
    private const int StartField = 1;
    private const int EndField = 2;
    private const int FlagsField = 6;
    private const ulong Private = 0x2;
    private const ulong Anonymous = 0x20;
    private const ulong GrowsDown = 0x100;
    private const ulong HugePages = 0x40000;
    private const ulong Kinds = Private | Anonymous | GrowsDown | HugePages;

    // What is smaller is not worth it.
    private const ulong MinimumBytes = 1 << 20;

    // More would cost the restored process more than the memory is worth.
    private const int MaximumParts = 64;

    /// <summary>Cuts mappings in parts, so that those of parents and children begin and end alike.</summary>
    /// <param name="folder">The images folder, which belongs to the caller alone; images are replaced as a whole.</param>
    /// <returns>How many parts there are more than before.</returns>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated; a mm image that is missing is that of a process that has ended.</exception>
    public static int Align(string folder)
    {
        var path = Path.Combine(folder, "pstree.img");
        var parents = ImageFault.Named(path, () => ImageDocument.Read(path, ImageMagic.Tasks).Entries.Select(entry => WireMessage.Parse(entry.Message))
            .ToDictionary(task => task.RequireUInt32(PidField), task => task.GetUInt32(ParentField) ?? 0));
        var spaces = parents.Keys.Select(pid => (Pid: pid, Space: AddressSpace.Read(folder, pid))).Where(s => s.Space is not null).ToDictionary(s => s.Pid, s => s.Space!);
        var pairs = parents.Where(p => spaces.ContainsKey(p.Key) && spaces.ContainsKey(p.Value) && spaces[p.Key].Executable == spaces[p.Value].Executable)
            .Select(p => (Child: spaces[p.Key], Parent: spaces[p.Value])).ToList();
        // A cut in one mapping is one for all that share it.
        bool isCut;
        do
        {
            isCut = false;
            foreach (var (child, parent) in pairs)
                isCut |= child.CutLike(parent) | parent.CutLike(child);
        }
        while (isCut);

        return spaces.Values.Sum(space => space.Write());
    }

    private sealed class AddressSpace(string path, ImageDocument document, WireMessage memory)
    {
        private readonly List<Mapping> _mappings = [.. memory.GetMessages(MappingsField).Select(Mapping.Of)];

        public uint Executable { get; } = memory.GetUInt32(ExecutableField) ?? 0;

        public static AddressSpace? Read(string folder, uint pid)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"mm-{pid}.img"));
            if (!File.Exists(path))
                return null;
            return ImageFault.Named(path, () =>
            {
                var document = ImageDocument.Read(path, ImageMagic.Memory);
                return document.Entries.Count > 0 ? new AddressSpace(path, document, WireMessage.Parse(document.Entries[0].Message)) : null;
            });
        }

        /// <summary>Cuts at the ends of the other's mappings.</summary>
        public bool CutLike(AddressSpace other)
        {
            var ends = other._mappings.Where(mapping => mapping.IsShareable).SelectMany(mapping => mapping.Bounds.Prepend(mapping.Start).Append(mapping.End).Select(at => (At: at, Of: mapping))).ToList();
            var cut = false;
            foreach (var mapping in _mappings.Where(mapping => mapping.IsShareable))
                foreach (var end in ends.Where(end => end.At > mapping.Start && end.At < mapping.End && mapping.Overlaps(end.Of)))
                    cut |= mapping.Bounds.Count < MaximumParts && mapping.Bounds.Add(end.At);
            return cut;
        }

        public int Write()
        {
            var more = _mappings.Sum(mapping => mapping.Bounds.Count);
            if (more == 0)
                return 0;
            memory.SetMessages(MappingsField, _mappings.SelectMany(mapping => mapping.Parts()));
            document.Entries[0] = document.Entries[0].With(memory);
            document.Replace(path);
            return more;
        }
    }

    private sealed record Mapping(WireMessage Message, ulong Start, ulong End, bool IsShareable)
    {
        public SortedSet<ulong> Bounds { get; } = [];

        public static Mapping Of(WireMessage message)
        {
            var (start, end) = (message.GetVarint(StartField) ?? 0, message.GetVarint(EndField) ?? 0);
            return new Mapping(message, start, end, end >= start + MinimumBytes && ((message.GetVarint(FlagsField) ?? 0) & Kinds) == (Private | Anonymous));
        }

        public bool Overlaps(Mapping other) => Start < other.End && other.Start < End;

        public IEnumerable<WireMessage> Parts()
        {
            var start = Start;
            foreach (var end in Bounds.Append(End))
            {
                var part = WireMessage.Parse(Message.ToArray());
                part.SetVarint(StartField, start);
                part.SetVarint(EndField, end);
                yield return part;
                start = end;
            }
        }
    }
}
