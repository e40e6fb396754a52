#!/usr/bin/env python3
"""conan_stand_in.py RECIPE WORK GENERATOR COMPILER LAUNCHER: takes a Conan 2 recipe through `conan create`, as its documentation has it.

Conan is in no Debian. So the names that the recipe imports are here, each as far as the recipe uses it; what its packages
require is taken from the system. Export, build, package, then the recipe's own test package, which finds the package by its
builddirs.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import types

RECIPE, WORK = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
GENERATOR, COMPILER, LAUNCHER = sys.argv[3:6]


class Recipe:
    def __init__(self, **folders):
        self.options = types.SimpleNamespace(**getattr(self, "default_options", {}))
        self.cpp_info = types.SimpleNamespace(builddirs=[], bindirs=[], libdirs=[], properties={})
        self.cpp_info.set_property = self.cpp_info.properties.__setitem__
        self.cpp = types.SimpleNamespace(build=types.SimpleNamespace(bindir=str(folders.get("build_folder", ""))))
        self.info = types.SimpleNamespace(clear=lambda: None)
        self.required = []
        self.cache_variables = {}
        self.prefix_path = []
        for name, folder in folders.items():
            setattr(self, name, str(folder))

    def requires(self, reference, **_):
        self.required.append(reference)

    def run(self, command, **_):
        subprocess.run(command, shell=True, check=True)


class CMake:
    def __init__(self, recipe):
        self.recipe = recipe

    def configure(self):
        variables = {"CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_COMPILER": COMPILER, "CMAKE_CXX_COMPILER_LAUNCHER": LAUNCHER,
                     "CMAKE_PREFIX_PATH": ";".join(self.recipe.prefix_path), "FETCHCONTENT_FULLY_DISCONNECTED": "ON",
                     **{name: "ON" if value is True else "OFF" if value is False else value
                        for name, value in self.recipe.cache_variables.items()}}
        subprocess.run(["cmake", "-G", GENERATOR, "-S", self.recipe.source_folder, "-B", self.recipe.build_folder]
                       + [f"-D{name}={value}" for name, value in variables.items()], check=True)

    def build(self):
        subprocess.run(["cmake", "--build", self.recipe.build_folder], check=True)

    def install(self):
        subprocess.run(["cmake", "--install", self.recipe.build_folder, "--prefix", self.recipe.package_folder], check=True)


class CMakeToolchain:
    def __init__(self, recipe):
        self.recipe = recipe
        self.cache_variables = {}

    def generate(self):
        self.recipe.cache_variables.update(self.cache_variables)


class CMakeDeps:
    def __init__(self, recipe):
        pass

    def generate(self):
        pass


def copy(_, pattern, src, dst):
    for path in pathlib.Path(src).glob(pattern.replace("/*", "/**/*")):
        if path.is_file():
            target = pathlib.Path(dst) / path.relative_to(src)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def module(name, **content):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(content)


module("conan", ConanFile=Recipe)
module("conan.tools")
module("conan.tools.build", can_run=lambda recipe: True)
module("conan.tools.cmake", CMake=CMake, CMakeDeps=CMakeDeps, CMakeToolchain=CMakeToolchain, cmake_layout=lambda recipe: None)
module("conan.tools.files", copy=copy, load=lambda recipe, path: pathlib.Path(path).read_text())


def recipe_of(path):
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return next(one for one in vars(loaded).values() if isinstance(one, type) and issubclass(one, Recipe) and one is not Recipe)


shutil.rmtree(WORK, ignore_errors=True)
sources, build, package = (WORK / name for name in ("sources", "build", "package"))
recipe = recipe_of(RECIPE / "conanfile.py")(export_sources_folder=sources, source_folder=sources, build_folder=build,
                                             package_folder=package)
recipe.set_version()
recipe.export_sources()
recipe.requirements()
recipe.layout()
recipe.generate()
recipe.build()
recipe.package()
recipe.package_id()
recipe.package_info()
for needed in ("include/ftplike/ftplike.hpp", "licenses/LICENSE"):
    if not (package / needed).is_file():
        sys.exit(f"the package has no {needed}")
tester = recipe_of(RECIPE / "test_package/conanfile.py")(source_folder=RECIPE / "test_package", build_folder=WORK / "test")
tester.tested_reference_str = f"{recipe.name}/{recipe.version}"
tester.prefix_path = [os.fspath(package / folder) for folder in recipe.cpp_info.builddirs]
tester.requirements()
tester.layout()
tester.build()
tester.test()
print(f"{tester.tested_reference_str} requires {', '.join(recipe.required)}; its test package runs")
