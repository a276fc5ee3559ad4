// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let grpc = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcProtobuf = Target.Dependency.product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let grpcTransport = Target.Dependency.product(
  name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")

/// Targets without I/O, clock, environment or Foundation, lowest first.
let pure: [Target.Dependency] = [
  "LinearAlgebra", "Queries", "SecureAggregation", "Cohorts", "Preprocessing", "Evaluation",
  "Regression", "Boosting", "Federation",
]

/// Arithmetic and masks run optimised in debug builds too, so that tests and demo share one build.
let optimised: [SwiftSetting] =
  settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// In release builds for Linux the programs bring Swift's libraries with them: a hospital installs one
/// file, and what is resident of it is a third less. What an agent needs of it lies together: the pages of a
/// program come into memory in groups of sixteen, whatever else is on them.
let standalone: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe",
      "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
      "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/scripts/functions.order",
      "-Xlinker", "--no-warn-symbol-ordering",
    ]
      + [
        "Foundation", "FoundationInternationalization", "FoundationEssentials", "CoreFoundation",
        "_FoundationICU", "_FoundationCShims", "_FoundationCollections", "swiftDispatch", "dispatch",
        "BlocksRuntime",
      ].map { "-l" + $0 },
    .when(platforms: [.linux], configuration: .release))
]

func pureLibrary(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: optimised)
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: settings, linkerSettings: standalone)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "KonsilTesting"] + dependencies,
    swiftSettings: settings)
}

let package = Package(
  name: "konsil",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "konsil", targets: ["konsil"]),
    .executable(name: "konsil-agent", targets: ["konsil-agent"]),
    .executable(name: "konsil-coordinator", targets: ["konsil-coordinator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CBLAS", providers: [.apt(["libblas-dev", "liblapack-dev"])]),
    .systemLibrary(name: "CHeap"),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    pureLibrary("LinearAlgebra", ["CBLAS"]),
    pureLibrary("Queries", []),
    .target(name: "CKeyStream", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    .target(name: "CVectorDigest", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    pureLibrary("SecureAggregation", ["Queries", "CKeyStream", "CVectorDigest", "COpenSSL", crypto]),
    pureLibrary("Cohorts", []),
    pureLibrary("Preprocessing", ["Queries", "Cohorts", "LinearAlgebra"]),
    pureLibrary("Evaluation", ["Queries", "Cohorts", "LinearAlgebra", "Preprocessing"]),
    pureLibrary("Regression", ["Queries", "Cohorts", "LinearAlgebra", "Preprocessing", "Evaluation"]),
    pureLibrary("Boosting", ["Queries", "Cohorts", "LinearAlgebra", "Preprocessing", "Evaluation"]),
    pureLibrary(
      "Federation",
      [
        "Queries", "Cohorts", "LinearAlgebra", "SecureAggregation", "Preprocessing", "Evaluation",
        "Regression", "Boosting",
      ]),

    pureLibrary("Connectors", ["Cohorts"]),
    library("Documents", pure + [yams]),
    library("Wire", pure + [protobuf, grpc, grpcProtobuf]),
    library("Store", pure + [grdb]),
    library(
      "Identity",
      [
        "Queries", "Federation", "SecureAggregation", crypto, x509, asn1, nio, nioPosix, nioHTTP1, nioTLS,
        nioSSL, nioExtras, grpc, grpcTransport,
      ]),
    library("Simulation", pure + ["Connectors", "Documents"]),
    pureLibrary("CohortSimulation", ["Cohorts"]),
    pureLibrary("PooledReference", []),
    library("Console", ["Federation", "CHeap", arguments]),
    library(
      "Coordinator",
      pure + ["Console", "Documents", "Wire", "Store", "Identity", grpc, grpcTransport, log, lifecycle]),
    library(
      "SiteAgent",
      pure + [
        "Connectors", "Console", "Documents", "Wire", "Identity", grpc, grpcTransport, log, lifecycle,
      ]),
    library(
      "ResearchTools",
      pure + [
        "Connectors", "Console", "Documents", "Wire", "Identity", "Simulation", "CohortSimulation", grpc,
        grpcTransport,
      ]),

    tool("konsil", ["ResearchTools", "Console", "Federation", arguments]),
    tool("konsil-agent", ["SiteAgent", "Console", "Federation", arguments, log, lifecycle, signals]),
    tool("konsil-coordinator", ["Coordinator", "Console", "Federation", arguments, log, lifecycle, signals]),
    tool("konsil-demo", ["PooledReference", arguments]),
    tool(
      "konsil-bench",
      pure + [
        "COpenSSL", "Console", "Coordinator", "Identity", "SiteAgent", "Store", "Wire", arguments, grpc, log,
        protobuf,
      ]),

    library("KonsilTesting", pure + ["Connectors", "Documents", "Identity", "Store", "Simulation"]),
    tests("LinearAlgebra", []),
    tests("Queries", []),
    tests("SecureAggregation", ["Queries"]),
    tests("Preprocessing", ["Queries", "Cohorts"]),
    tests("Evaluation", ["Queries", "Cohorts", "Preprocessing", "LinearAlgebra"]),
    tests(
      "Regression",
      ["Queries", "Cohorts", "Preprocessing", "Evaluation", "LinearAlgebra", "PooledReference"]),
    tests("Boosting", ["Queries", "Cohorts", "Preprocessing", "Evaluation", "LinearAlgebra"]),
    tests("Federation", pure.dropLast() + ["Simulation", crypto]),
    tests("Documents", pure),
    tests("Connectors", ["Cohorts"]),
    tests("CohortSimulation", ["Cohorts", "Connectors", "Documents"]),
    tests("Store", pure + [grdb]),
    tests("Wire", pure + [protobuf, grpc]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: pure + [
        "Connectors", "Console", "Coordinator", "Documents", "Identity", "KonsilTesting", "PooledReference",
        "SiteAgent", "Store", "Wire",
        "konsil", "konsil-agent", "konsil-coordinator", nio, nioPosix, grpc, grdb, log, protobuf,
      ],
      swiftSettings: settings),
    tests(
      "ResearchTools", pure + ["PooledReference", "Documents", "Identity", "CohortSimulation", "konsil"]),
    tests("Simulation", pure + ["Connectors", "Documents", "PooledReference"]),
    tests("PooledReference", []),
    tests(
      "Identity",
      ["SecureAggregation", "Federation", crypto, x509, asn1, nio, nioPosix, nioSSL, grpc, grpcTransport]),
  ]
)
