package dev.asyncloop.benchmarks.runner;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** How to measure. */
record Settings(
        List<Peer> chosen,
        List<Work> works,
        int repetitions,
        int seconds,
        int warmUpWindows,
        boolean actuator,
        Cpus serverCpus,
        Cpus loadCpus,
        String jvm,
        int port,
        Path benchmarks,
        Path out,
        String name) {

    static final String HELP = """
            Measures this project and its peers on the same work, in one run. Options:
              --quick              a short run of everything, whose figures say nothing; writes to benchmarks/target/quick
              --peers a,b,...      which peers (default: all), by name: %s
              --works a,b,...      which works (default: all): %s
              --repetitions n      how often each is measured (default: 5)
              --seconds n          how long each time (default: 4; the latency for half of it)
              --warm-up n          for how many seconds at the most each is warmed up (default: 60)
              --actuator on|off    of the Spring applications (default: on)
              --server-cpus list   where servers run (default: the first processor; 'all' for all)
              --load-cpus list     where the load and nginx run (default: the other processors; 'all' for all)
              --jvm "options"      of all JVMs (default: %s)
              --port n             the first port (default: 9100)
              --out directory      where the tables and the charts go (default: docs/benchmarks)
              --name name          what the files are called (default: peers, or peers-without-actuator)
            """;

    /** The same for all: Micronaut's loom carrier needs the first, the others do not mind. */
    private static final List<String> NEEDED =
            List.of("--add-opens=java.base/java.lang=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED");

    private static final String JVM = "-Xmx512m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders";

    static String help() {
        return HELP.formatted(
                Names.of(Peer.ALL.toArray(Peer[]::new), Peer::name), Names.of(Work.values(), Work::id), JVM);
    }

    /** Reads the command line; the project's directory comes from {@code run.sh}. */
    static Settings of(String[] arguments, Path project) {
        Arguments given = Arguments.parse(arguments);
        boolean quick = given.has("quick");
        boolean actuator = given.oneOf("actuator", "on", "off").equals("on");
        Path benchmarks = project.resolve("benchmarks");
        Settings settings = new Settings(
                given.list("peers").stream().map(Peer::named).toList(),
                given.list("works").stream().map(Work::named).toList(),
                given.number("repetitions", quick ? 2 : 5, 1, 100),
                given.number("seconds", quick ? 1 : 4, 1, 60),
                given.number("warm-up", quick ? 4 : 60, Run.WARM_UP_SECONDS, 600) / Run.WARM_UP_SECONDS,
                actuator,
                Cpus.of(given.text("server-cpus", Machine.firstCpu().list())),
                Cpus.of(given.text("load-cpus", Machine.otherCpus().list())),
                given.text("jvm", JVM),
                given.number("port", 9_100, 1_024, 32_000),
                benchmarks,
                Path.of(given.text(
                        "out",
                        (quick ? benchmarks.resolve("target/quick") : project.resolve("docs/benchmarks")).toString())),
                given.text("name", actuator ? "peers" : "peers-without-actuator"));
        given.refuseUnknown();
        return settings.withDefaults();
    }

    private Settings withDefaults() {
        return new Settings(
                chosen.isEmpty() ? Peer.ALL : chosen,
                works.isEmpty() ? List.of(Work.values()) : works,
                repetitions,
                seconds,
                warmUpWindows,
                actuator,
                serverCpus,
                loadCpus,
                jvm,
                port,
                benchmarks,
                out,
                name);
    }

    List<String> jvmOptions() {
        return Stream.concat(Arrays.stream(jvm.split(" +")), NEEDED.stream()).toList();
    }

    List<Peer> doing(Work work) {
        return chosen.stream().filter(peer -> peer.does(work)).toList();
    }

    /** Those of the servers and those of the load. */
    Cpus allCpus() {
        return new Cpus(serverCpus.list() + "," + loadCpus.list());
    }

    Path peers() {
        return benchmarks.resolve("peers");
    }

    /** Where logs and nginx's files are. */
    Path scratch() {
        return benchmarks.resolve("target/run");
    }

    String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    /** Debian's, for which there is the package {@code python3-tornado}. */
    String python() {
        return "/usr/bin/python3";
    }
}
