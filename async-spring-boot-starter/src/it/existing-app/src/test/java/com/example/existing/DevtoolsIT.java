package com.example.existing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A restart by devtools, as after a change in the IDE. */
class DevtoolsIT {

	@Test
	void aRestartLeavesNoSecondLoop() throws Exception {
		String carrier = System.getProperty("expected.carrier");
		// Outside the jar the event-loop carrier needs the flag itself.
		List<String> arguments = new ArrayList<>(carrier.equals("event-loop carrier")
				? List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED") : List.of());
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		arguments.addAll(List.of("-cp", classPath, "-Dspring.devtools.restart.poll-interval=200ms",
				"-Dspring.devtools.restart.quiet-period=100ms", "-Dspring.devtools.livereload.enabled=false",
				ExistingApplication.class.getName(), "--server.port=0", "--server.address=127.0.0.1"));
		try (RunningApplication application = new RunningApplication(arguments.toArray(String[]::new))) {
			String before = RunningApplication.get(application.port(1), "/threads");
			assertThat(before).contains("ioloop");
			Path changed = Path.of("target/classes/com/example/existing/ReactiveController.class");
			Files.setLastModifiedTime(changed, FileTime.fromMillis(System.currentTimeMillis()));
			String after = RunningApplication.get(application.port(2), "/threads");
			assertThat(after).isEqualTo(before);
			assertThat(application.output()).filteredOn((line) -> line.contains("ioloop runs on the"))
				.hasSize(2)
				.allMatch((line) -> line.contains(carrier));
		}
	}

}
