package dev.asyncloop;

import java.io.PrintWriter;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.DiskWriteCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * Runs the races that JCStress has generated runners for, one after the other in this JVM.
 *
 * <p>{@code org.openjdk.jcstress.Main} runs the same races at length: it probes the JVM for ten seconds and then forks one for
 * each race and each way to compile it. That is for an afternoon, this is for every build.
 */
final class JcstressRun {

    /** So often a broken twin may run until it shows that it is broken: the machine may have others to serve. */
    private static final int TWINS_GOES = 30;

    private JcstressRun() {}

    static boolean isBroken(String race) {
        return race.contains(".Broken");
    }

    /**
     * Runs all races.
     * @param args where to write the results, and then JCStress's own options
     */
    public static void main(String[] args) throws Exception {
        Options options = new Options(List.of(args).subList(1, args.length).toArray(String[]::new));
        if (!options.parse()) {
            System.exit(1);
        }
        PrintWriter out = new PrintWriter(System.out, true);
        DiskWriteCollector results = new DiskWriteCollector(args[0]);
        Pattern wanted = Pattern.compile(options.getTestFilter());
        for (String name : new TreeSet<>(TestList.tests())) {
            if (!wanted.matcher(name).find()) {
                continue;
            }
            out.println(name); // now, as it may hang
            TestInfo race = TestList.getInfo(name);
            TestResult result = run(options, race);
            for (int goes = 1; isBroken(name) && result.grading().isPassed && goes < TWINS_GOES; goes++) {
                result = run(options, race);
            }
            ReportUtils.printResult(out, result, true);
            results.add(result);
        }
        results.close();
        System.exit(0); // a race that hangs has left its threads behind
    }

    private static TestResult run(Options options, TestInfo race) throws ReflectiveOperationException {
        SchedulingClass anywhere = new SchedulingClass(AffinityMode.NONE, race.threads(), NodeType.PACKAGE);
        TestConfig config = new TestConfig(options, race, 1, List.of(), CompileMode.UNIFIED, anywhere);
        Runner<?> runner = (Runner<?>) Class.forName(race.generatedRunner())
                .getConstructor(ForkedTestConfig.class)
                .newInstance(new ForkedTestConfig(config));
        TestResult result = runner.run();
        result.setConfig(config);
        return result;
    }
}
