! What every peer in Fortran needs: .npy files, a clock, and the protocol of bench/run; see peer.h.
module peer
  use, intrinsic :: iso_fortran_env, only: int64, real64
  implicit none
  private
  public :: argument, number, setting, now, save_doubles, save_integers, report

contains

  ! The text of an argument of the command line, and the same as a number.
  function argument(place) result(text)
    integer, intent(in) :: place
    character(len=:), allocatable :: text
    integer :: length
    call get_command_argument(place, length=length)
    allocate(character(len=length) :: text)
    call get_command_argument(place, text)
  end function

  integer function number(place)
    integer, intent(in) :: place
    character(len=:), allocatable :: text
    text = argument(place)
    read(text, *) number
  end function

  real(real64) function setting(name, otherwise)
    character(len=*), intent(in) :: name
    real(real64), intent(in) :: otherwise
    character(len=64) :: text
    integer :: status
    call get_environment_variable(name, text, status=status)
    setting = otherwise
    if (status == 0) read(text, *) setting
  end function

  real(real64) function now()
    integer(int64) :: ticks, rate
    call system_clock(ticks, rate)
    now = real(ticks, real64) / real(rate, real64)
  end function

  subroutine write_header(unit, dtype, shape_text)
    integer, intent(in) :: unit
    character(len=*), intent(in) :: dtype, shape_text
    character(len=117) :: text
    text = "{'descr': '" // dtype // "', 'fortran_order': False, 'shape': " // shape_text // ", }"
    write(unit) char(147) // 'NUMPY' // char(1) // char(0) // char(118) // char(0) // text // char(10)
  end subroutine

  ! Writes rows * columns doubles, which lie with the last axis fastest.
  subroutine save_doubles(path, values, rows, columns)
    character(len=*), intent(in) :: path
    integer, intent(in) :: rows, columns
    real(real64), intent(in) :: values(*)
    character(len=40) :: shape_text
    integer :: unit
    write(shape_text, '("(", i0, ", ", i0, ")")') rows, columns
    open(newunit=unit, file=path, access='stream', form='unformatted', status='replace')
    call write_header(unit, '<f8', trim(shape_text))
    write(unit) values(1:int(rows, int64) * columns)
    close(unit)
  end subroutine

  subroutine save_integers(path, values)
    character(len=*), intent(in) :: path
    integer(int64), intent(in) :: values(:)
    character(len=40) :: shape_text
    integer :: unit
    write(shape_text, '("(", i0, ",)")') size(values)
    open(newunit=unit, file=path, access='stream', form='unformatted', status='replace')
    call write_header(unit, '<i8', trim(shape_text))
    write(unit) values
    close(unit)
  end subroutine

  ! The line of JSON that the harness reads: seconds of each repetition.
  subroutine report(seconds)
    real(real64), intent(in) :: seconds(:)
    integer :: k
    write(*, '(a)', advance='no') '{"seconds": ['
    do k = 1, size(seconds)
      if (k > 1) write(*, '(a)', advance='no') ', '
      write(*, '(es15.9)', advance='no') seconds(k)
    end do
    write(*, '(a)') ']}'
  end subroutine
end module
