package dev.asyncloop.spring.periodic;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Says what may have been meant by a name that nobody has. */
final class NearNames {

    private NearNames() {}

    /** Returns the end of a sentence: the names that differ in a few letters, or all of them. */
    static String of(String name, Collection<String> names) {
        if (names.isEmpty()) {
            return "there is none";
        }
        int near = Math.max(2, name.length() / 4);
        String found = names.stream()
                .filter(candidate -> distance(name, candidate) <= near)
                .sorted(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(3)
                .map(candidate -> "'" + candidate + "'")
                .collect(Collectors.joining(" or "));
        return found.isEmpty()
                ? "there are "
                        + names.stream()
                                .sorted()
                                .map(candidate -> "'" + candidate + "'")
                                .collect(Collectors.joining(", "))
                : "did you mean " + found + "?";
    }

    /** Levenshtein's, without regard to case. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                boolean same = Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1));
                int changed = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
