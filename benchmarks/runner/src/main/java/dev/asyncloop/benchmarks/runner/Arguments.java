package dev.asyncloop.benchmarks.runner;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The command line: {@code --name value}, and switches without a value. */
final class Arguments {

    private static final String SWITCHED_ON = "on";

    private final Map<String, String> values = new HashMap<>();

    private Arguments() {}

    static Arguments parse(String[] arguments) {
        Arguments parsed = new Arguments();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("--")) {
                throw new IllegalArgumentException("'" + argument + "' is no option; see --help");
            }
            String name = argument.substring(2);
            boolean hasValue = !name.equals("quick") && !name.equals("help");
            if (hasValue && i + 1 == arguments.length) {
                throw new IllegalArgumentException(argument + " needs a value; see --help");
            }
            parsed.values.put(name, hasValue ? arguments[++i] : SWITCHED_ON);
        }
        return parsed;
    }

    boolean has(String name) {
        return values.remove(name) != null;
    }

    String text(String name, String otherwise) {
        String value = values.remove(name);
        return value == null ? otherwise : value;
    }

    String oneOf(String name, String first, String second) {
        String value = text(name, first);
        if (!value.equals(first) && !value.equals(second)) {
            throw new IllegalArgumentException(
                    "--" + name + " is '" + value + "'; it is either " + first + " or " + second);
        }
        return value;
    }

    List<String> list(String name) {
        return Arrays.stream(text(name, "").split(","))
                .filter(each -> !each.isBlank())
                .toList();
    }

    int number(String name, int otherwise, int least, int most) {
        String value = text(name, String.valueOf(otherwise));
        if (!value.matches("\\d{1,6}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(
                    "--" + name + " is '" + value + "'; it is a number from " + least + " to " + most);
        }
        return Integer.parseInt(value);
    }

    /** To be called when all that are known have been asked for. */
    void refuseUnknown() {
        if (!values.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no option --" + String.join(", --", values.keySet()) + "; see --help");
        }
    }
}
