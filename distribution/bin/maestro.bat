@echo off
rem Starts Maestro. JAVA_HOME chooses the JDK, MAESTRO_OPTS adds JVM options (for instance -Xmx8g).
setlocal
rem ONNX Runtime reports nothing.
set "ORT_DISABLE_TELEMETRY=1"
rem Where a processor hides the sizes of its caches, as some virtual machines do, PyTorch's oneDNN computes wrong gradients of
rem convolutions with AVX and above. Linux shows that by a folder that is missing, and bin/maestro looks for it; Windows tells it
rem only by WMI, which takes longer than a start. On such a machine set ONEDNN_MAX_CPU_ISA=SSE41 before training.
set "DISTRIBUTION=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
rem What is over in a moment is compiled quickly rather than well: that is half the processor time of such a command.
set "QUICK="
for %%C in (bundles doctor graph help-texts new-plugin recipes) do if "%~1"=="%%C" set "QUICK=-XX:TieredStopAtLevel=1"
for %%C in ("packs list" "packs show" "stage list") do if "%~1 %~2"==%%C set "QUICK=-XX:TieredStopAtLevel=1"
"%JAVA%" @"%DISTRIBUTION%\lib\jvm.options" %QUICK% %MAESTRO_OPTS% -cp "%DISTRIBUTION%\lib\*" -Dmaestro.distribution="%DISTRIBUTION%" maestro.launcher.Main %*
exit /b %ERRORLEVEL%
