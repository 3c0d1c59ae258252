using System.Globalization;
using System.Text;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

/// <summary>What PhyML works on: sequences of species that descend from each other, the same in every run.</summary>
internal static class Alignment
{
    private const int Species = 12;
    private const int Length = 300;
    private const int Mutations = 12;
    private const string Letters = "ACGT";

    /// <summary>What it writes that does not depend on time.</summary>
    public static IReadOnlyList<string> Results { get; } =
        [$"{File}_phyml_tree.txt", $"{File}_phyml_boot_trees.txt", $"{File}_phyml_boot_stats.txt"];

    private const string File = "species.phy";

    /// <summary>A folder that has them.</summary>
    public static async Task<string> NewFolderAsync(Lab lab)
    {
        var folder = lab.NewFolder("phyml");
        var random = new Random(3);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $" {Species} {Length}\n");
        var sequence = Enumerable.Range(0, Length).Select(_ => Letters[random.Next(4)]).ToArray();
        for (var i = 0; i < Species; i++)
        {
            for (var m = 0; m < Mutations; m++)
                sequence[random.Next(Length)] = Letters[random.Next(4)];
            text.Append(CultureInfo.InvariantCulture, $"S{i,-9}{new string(sequence)}\n");
        }

        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, File), text.ToString(), TestContext.Current.CancellationToken);
        return folder;
    }
}
