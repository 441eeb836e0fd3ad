package dev.asyncloop.spring.test;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "ioloop.carrier=event-loop")
class TestClockTest extends TestClockCases {}
