package dev.asyncloop.spring.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.web.reactive.function.client.WebClient;

/** What {@code docs/operations.md} has switched on works so. */
class OperationsPageTest {

    private static final Path PAGE = Path.of("../docs/operations.md");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static Properties yaml() throws IOException {
        String first = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(first.getBytes(StandardCharsets.UTF_8)));
        return yaml.getObject();
    }

    @Test
    void theGroupsOfTheHealthAnswerOnAPortOfTheirOwn() throws IOException {
        List<String> properties = new ArrayList<>();
        yaml().forEach((name, value) -> properties.add(name + "=" + value));
        assertThat(properties).contains("management.server.port=8081");
        properties.remove("management.server.port=8081");
        properties.add("management.server.port=0");
        try (TestApplication application =
                TestApplication.start(Application.class, properties.toArray(String[]::new))) {
            String port = application.context().getEnvironment().getProperty("local.management.port");
            assertThat(get(port, "liveness")).contains("\"UP\"", "\"ioloop\"", "\"livenessState\"");
            assertThat(get(port, "readiness"))
                    .contains("\"UP\"", "\"readinessState\"")
                    .doesNotContain("\"ioloop\"");
        }
    }

    private static String get(String port, String group) {
        return String.valueOf(WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/actuator/health/" + group)
                .retrieve()
                .bodyToMono(String.class)
                .block());
    }
}
