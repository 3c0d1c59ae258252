namespace Grpc.Core;

/// <summary>Says which generated method binds a service; we bind without looking for it.</summary>
/// <param name="bindType">The class that has the method.</param>
/// <param name="bindMethodName">The method.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = true)]
public sealed class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>The class that has the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>The method.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
