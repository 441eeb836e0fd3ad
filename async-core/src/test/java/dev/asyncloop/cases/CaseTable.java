package dev.asyncloop.cases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A table in Markdown that says of each case which test stands for it, or why there is none.
 *
 * <p>The columns are: number, what, test, remark. The third has one or more names in backticks, {@code Class#method}
 * with the class relative to {@code dev.asyncloop}, or {@code starter: Class#method} relative to
 * {@code dev.asyncloop.spring} in the starter's test sources. Or it gives a reason, after one of {@link #REASONS}.
 */
final class CaseTable {

    static final List<String> REASONS = List.of("not offered: ", "cannot occur: ", "no test: ");

    private static final int FEWEST_WORDS = 5;

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private static final Pattern TEST = Pattern.compile("(starter: )?([\\w.]+)#(\\w+)");

    private record Row(String number, String what, String test) {}

    private final List<Row> rows;

    private CaseTable(List<Row> rows) {
        this.rows = rows;
    }

    static CaseTable of(String markdown) {
        return new CaseTable(markdown.lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| #"))
                .map(CaseTable::row)
                .toList());
    }

    private static Row row(String line) {
        List<String> cells =
                Arrays.stream(line.split("\\|", -1)).map(String::trim).toList();
        if (cells.size() != 6) {
            throw new IllegalArgumentException("A row must have four cells: " + line);
        }
        return new Row(cells.get(1), cells.get(2), cells.get(3));
    }

    /**
     * Returns what is wrong with the table.
     * @param numbers the cases that must be there
     */
    List<String> problems(List<String> numbers) {
        List<String> problems = new ArrayList<>();
        List<String> there = rows.stream().map(Row::number).toList();
        numbers.stream()
                .filter(number -> !there.contains(number))
                .forEach(number -> problems.add(number + ": is missing"));
        Set<String> seen = new HashSet<>();
        for (Row row : rows) {
            if (!numbers.contains(row.number)) {
                problems.add(row.number + ": is no number of a case");
            }
            if (!seen.add(row.number)) {
                problems.add(row.number + ": is there twice");
            }
            if (row.what.isEmpty()) {
                problems.add(row.number + ": does not say what it is about");
            }
            problems(row).forEach(problem -> problems.add(row.number + ": " + problem));
        }
        return problems;
    }

    private static List<String> problems(Row row) {
        for (String reason : REASONS) {
            if (row.test.startsWith(reason)) {
                String why = row.test.substring(reason.length());
                return why.split("\\s+").length < FEWEST_WORDS ? List.of("gives no reason: " + row.test) : List.of();
            }
        }
        List<String> problems = new ArrayList<>();
        Matcher names = NAME.matcher(row.test);
        boolean any = false;
        while (names.find()) {
            any = true;
            String problem = problem(names.group(1));
            if (problem != null) {
                problems.add(problem);
            }
        }
        return any ? problems : List.of("names neither a test nor a reason: " + row.test);
    }

    private static String problem(String name) {
        Matcher test = TEST.matcher(name);
        if (!test.matches()) {
            return "is no name of a test: " + name;
        }
        boolean isTest = test.group(1) == null
                ? isTest(test.group(2), test.group(3))
                : isTestOfTheStarter(test.group(2), test.group(3));
        return isTest ? null : "there is no such test: " + name;
    }

    private static boolean isTest(String type, String method) {
        try {
            Class<?> tests = Class.forName("dev.asyncloop." + type, false, CaseTable.class.getClassLoader());
            return Arrays.stream(tests.getDeclaredMethods())
                    .anyMatch(candidate -> candidate.getName().equals(method)
                            && AnnotationSupport.isAnnotated(candidate, Testable.class));
        } catch (ClassNotFoundException ex) {
            return false;
        }
    }

    /** This module does not know the starter's classes, but lies beside its sources. */
    private static boolean isTestOfTheStarter(String type, String method) {
        Path source = Path.of(System.getProperty("basedir", "."))
                .resolve("../async-spring-boot-starter/src/test/java/dev/asyncloop/spring")
                .resolve(type.replace('.', '/') + ".java");
        try {
            return Files.isRegularFile(source)
                    && Pattern.compile("@(Test|ParameterizedTest)\\b[^;]*\\bvoid " + method + "\\(")
                            .matcher(Files.readString(source))
                            .find();
        } catch (IOException ex) {
            return false;
        }
    }
}
