using System.Globalization;

namespace HpcCr.Criu.Images;

/// <summary>Reads the credentials of all threads of a dump: core-TID.img.</summary>
public static class CredentialsImage
{
    private const string Prefix = "core-";
    private const int TaskField = 3;
    private const int TaskStateField = 1;
    private const ulong Dead = 2;
    private const int ThreadField = 5;
    private const int CredentialsField = 10;
    private const int FirstUser = 1;
    private const int LastGroup = 8;
    private const int SupplementaryGroups = 14;
    private static readonly int[] CapabilityFields = [9, 10, 11, 19];

    /// <summary>Reads them; a process that has ended, and that nobody has waited for yet, has none and gets none.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <exception cref="ImageFormatException">An image is damaged, or says nothing of a thread's credentials.</exception>
    public static IReadOnlyList<TaskCredentials> Read(string imagesFolder) =>
        [.. ImageFolder.Paths(imagesFolder, Prefix + "*.img").Select(path => ImageFault.Named(path, () => Of(path))).OfType<TaskCredentials>()];

    private static TaskCredentials? Of(string path)
    {
        var document = ImageDocument.Read(path, ImageMagic.Core);
        if (document.Entries.Count != 1)
            throw new ImageFormatException($"has {document.Entries.Count} entries instead of one");
        var core = WireMessage.Parse(document.Entries[0].Message);
        if (core.GetMessage(TaskField)?.GetVarint(TaskStateField) == Dead)
            return null;
        var thread = core.GetMessage(ThreadField);
        return thread?.GetMessage(CredentialsField) is not { } credentials
            ? throw new ImageFormatException("says nothing of the thread's credentials")
            : new TaskCredentials
            {
                Thread = ThreadOf(path),
                // uid, gid, euid, egid, suid, sgid, fsuid, fsgid
                Users = [.. Fields(FirstUser).Select(credentials.RequireUInt32)],
                Groups = [.. Fields(FirstUser + 1).Select(credentials.RequireUInt32), .. credentials.GetUInt32s(SupplementaryGroups)],
                HasCapabilities = CapabilityFields.Any(field => credentials.GetUInt32s(field).Any(bits => bits != 0)),
            };
    }

    private static IEnumerable<int> Fields(int first) => Enumerable.Range(first, LastGroup - first + 1).Where(field => (field - first) % 2 == 0);

    private static int ThreadOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var thread)
            ? thread
            : throw new ImageFormatException("is named after no thread");
}
