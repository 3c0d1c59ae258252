namespace HpcCr.Architecture.Tests;

public sealed class SourceTests
{
    // In pieces, so that this file does not find itself. Where somebody happens to work is no part of the product.
    private static readonly string[] PlacesOfOneMachine = ["/wo" + "rk/", "/tmp/" + "wt-", "/ro" + "ot/", "/ho" + "me/runner"];

    private static readonly string[] Written = ["*.cs", "*.csproj", "*.props", "*.proto", "*.sh", "*.md", "*.c", "*.h", "*.py", "Makefile", "*.template", "*.json", "*.yml"];

    [Fact]
    public void NoFile_NamesAPlaceOfOneMachine()
    {
        var found = Written.SelectMany(Repository.Files).SelectMany(path => File.ReadLines(path)
            .Where(line => PlacesOfOneMachine.Any(place => line.Contains(place, StringComparison.Ordinal)))
            .Select(line => $"{Repository.Relative(path)}: {line.Trim()}"));

        Assert.Empty(found);
    }

    [Fact]
    public void NoProductFile_HasGrownASecondConcern()
    {
        // STYLE: about 80 lines, rarely over 300.
        var grown = Repository.Files("*.cs").Where(Repository.IsProduct)
            .Where(path => File.ReadLines(path).Count() > 400).Select(Repository.Relative);

        Assert.Empty(grown);
    }

    [Fact]
    public void EveryProjectOfTheProduct_HasTestsOrSaysWhyNot()
    {
        // Hosting is a logger's set-up; the two protocols are generated code with a mapping that the daemons' tests go through.
        string[] without = ["HpcCr.Hosting", "HpcCr.Protocol", "HpcCr.Guard.Protocol"];

        // Plugins are shown by system tests on real jobs.
        Assert.All(Repository.Product.Except(without).Except(Repository.Plugins), project => Assert.Contains($"{project}.Tests", Repository.Projects));
    }
}
